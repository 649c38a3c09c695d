"""Words of mails to contacts, and of the pages their links open, in English, German and Arabic."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "dir": "ltr",
        "answered": "{name} from {inbox} replied",
        "intro": "You left before we could reply. Here is our answer:",
        "open": "Continue in the chat",
        "no_reply": "Please don't reply to this mail: nobody would read it. Continue in the chat instead.",
        "keep": "The link opens your conversation, so keep it to yourself. It works for {days} days.",
        "attached": "Attached: {names}",
        "files": "Files",
        "stop": "Stop mails about this conversation",
        "link_subject": "Your link to the chat with {inbox}",
        "link_intro": "Here is a new link to your conversation with {inbox}.",
        "ticket_subject": "We've got your question (#{number})",
        "ticket_intro": "Thank you for writing to {inbox}. Nobody was free to answer right away. We'll reply as soon as we can.",
        "expired_title": "This link has expired",
        "expired_text": "Links in our mails work for {days} days. We can send a new one to {address}.",
        "expired_button": "Send a new link",
        "resent_title": "Check your mail",
        "resent_text": "We've sent a new link to {address}.",
        "resent_before": "We've just sent a new link to {address}. Look in your spam folder, too, or try again in a few minutes.",
        "wrong_title": "This link doesn't work",
        "wrong_text": "It may be incomplete or replaced by a newer one. Open the latest mail again and use its button.",
        "stop_title": "Stop mails about this conversation?",
        "stop_text": "You can still read our answers in the chat.",
        "stop_button": "Stop mails",
        "stopped_title": "No more mails about this conversation",
        "stopped_text": "You can still read our answers in the chat.",
    },
    "de": {
        "dir": "ltr",
        "answered": "{name} von {inbox} hat geantwortet",
        "intro": "Sie waren schon weg, als unsere Antwort kam. Hier ist sie:",
        "open": "Im Chat weiterschreiben",
        "no_reply": "Bitte antworten Sie nicht auf diese Mail: Niemand würde sie lesen. Schreiben Sie stattdessen im Chat weiter.",
        "keep": "Der Link öffnet Ihr Gespräch. Geben Sie ihn nicht weiter. Er gilt {days} Tage.",
        "attached": "Angehängt: {names}",
        "files": "Dateien",
        "stop": "Keine Mails mehr zu diesem Gespräch",
        "link_subject": "Ihr Link zum Chat mit {inbox}",
        "link_intro": "Hier ist ein neuer Link zu Ihrem Gespräch mit {inbox}.",
        "ticket_subject": "Wir haben Ihre Frage (#{number})",
        "ticket_intro": "Danke für Ihre Nachricht an {inbox}. Gerade war niemand frei. Wir antworten, sobald wir können.",
        "expired_title": "Dieser Link ist abgelaufen",
        "expired_text": "Links in unseren Mails gelten {days} Tage. Wir können einen neuen an {address} schicken.",
        "expired_button": "Neuen Link schicken",
        "resent_title": "Sehen Sie in Ihr Postfach",
        "resent_text": "Wir haben einen neuen Link an {address} geschickt.",
        "resent_before": "Wir haben gerade einen neuen Link an {address} geschickt. Sehen Sie auch im Spam-Ordner nach oder versuchen Sie es in ein paar Minuten noch einmal.",
        "wrong_title": "Dieser Link funktioniert nicht",
        "wrong_text": "Er ist unvollständig oder durch einen neueren ersetzt. Öffnen Sie die neueste Mail und benutzen Sie deren Knopf.",
        "stop_title": "Keine Mails mehr zu diesem Gespräch?",
        "stop_text": "Unsere Antworten finden Sie weiterhin im Chat.",
        "stop_button": "Mails abstellen",
        "stopped_title": "Keine Mails mehr zu diesem Gespräch",
        "stopped_text": "Unsere Antworten finden Sie weiterhin im Chat.",
    },
    "ar": {
        "dir": "rtl",
        "answered": "ردّ {name} من {inbox}",
        "intro": "غادرت قبل أن نتمكن من الرد. إليك جوابنا:",
        "open": "المتابعة في المحادثة",
        "no_reply": "يرجى عدم الرد على هذه الرسالة، فلن يقرأها أحد. تابع في المحادثة بدلاً من ذلك.",
        "keep": "يفتح الرابط محادثتك، فلا تشاركه مع أحد. وهو صالح لمدة {days} يومًا.",
        "attached": "المرفقات: {names}",
        "files": "الملفات",
        "stop": "إيقاف الرسائل حول هذه المحادثة",
        "link_subject": "رابطك إلى المحادثة مع {inbox}",
        "link_intro": "إليك رابطًا جديدًا إلى محادثتك مع {inbox}.",
        "ticket_subject": "وصلنا سؤالك (#{number})",
        "ticket_intro": "شكرًا لمراسلتك {inbox}. لم يكن أحد متاحًا للرد فورًا، وسنرد عليك في أقرب وقت.",
        "expired_title": "انتهت صلاحية هذا الرابط",
        "expired_text": "الروابط في رسائلنا صالحة لمدة {days} يومًا. يمكننا إرسال رابط جديد إلى {address}.",
        "expired_button": "إرسال رابط جديد",
        "resent_title": "تحقق من بريدك",
        "resent_text": "أرسلنا رابطًا جديدًا إلى {address}.",
        "resent_before": "أرسلنا للتو رابطًا جديدًا إلى {address}. تحقق من مجلد الرسائل غير المرغوب فيها أيضًا، أو حاول مجددًا بعد بضع دقائق.",
        "wrong_title": "هذا الرابط لا يعمل",
        "wrong_text": "قد يكون غير مكتمل أو حلّ محله رابط أحدث. افتح أحدث رسالة واستخدم زرها.",
        "stop_title": "إيقاف الرسائل حول هذه المحادثة؟",
        "stop_text": "لا يزال بإمكانك قراءة ردودنا في المحادثة.",
        "stop_button": "إيقاف الرسائل",
        "stopped_title": "لن تصلك رسائل أخرى حول هذه المحادثة",
        "stopped_text": "لا يزال بإمكانك قراءة ردودنا في المحادثة.",
    },
}
DEFAULT = "en"


def language_of(locale: str | None) -> str:
    """Return the language to write in: the locale's own where there are words in it, else English."""
    language = (locale or "").lower().replace("_", "-").partition("-")[0]
    return language if language in WORDS else DEFAULT


def say(language: str, key: str, **given: object) -> str:
    """Return a phrase with its gaps filled. What is filled in is never read as a pattern."""
    phrase = WORDS[language][key]
    for name, value in given.items():
        phrase = phrase.replace(f"{{{name}}}", str(value))
    return phrase
