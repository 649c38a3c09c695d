"""SMTP errors as sentences: what happened, and what to do next."""

from __future__ import annotations

import socket
import ssl

import aiosmtplib

from app.text import clean_line

MAX_ANSWER = 200


def is_final(error: Exception) -> bool:
    """Tell whether the host has refused this very mail for good, so that trying again is of no use."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(refused.code >= 500 for refused in error.recipients)
    return isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError) and error.code >= 500


def explain(error: Exception, address: str) -> str:
    """Return a sentence for an admin. `address` is the mail host's host and port."""
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return f"{address} refused the user name or password ({_answer(error)}). Check both in PARLEY_SMTP_URL."
        case aiosmtplib.SMTPSenderRefused():
            return f"{address} does not accept mail from this sender ({_answer(error)}). Check PARLEY_MAIL_FROM."
        case aiosmtplib.SMTPRecipientsRefused():
            said = error.recipients[0] if error.recipients else error
            return f"{address} refused the recipient ({_answer(said)}). Check the address, or sign in to the host to relay mail."
        case aiosmtplib.SMTPRecipientRefused():
            return f"{address} refused the recipient ({_answer(error)}). Check the address, or sign in to the host to relay mail."
        case aiosmtplib.SMTPConnectTimeoutError():
            return f"{address} does not answer. Check host and port in PARLEY_SMTP_URL, and the firewall."
        case aiosmtplib.SMTPTimeoutError() | TimeoutError():
            return f"{address} stopped answering. Try again, or ask the host's operator."
        case aiosmtplib.SMTPResponseException():
            later = "Parley tries again." if error.code < 500 else "Ask the host's operator what this means."
            return f"{address} answered {_answer(error)}. {later}"
        case aiosmtplib.SMTPNotSupported():
            return f"{address} cannot do what is needed ({clean_line(str(error))[:MAX_ANSWER]}). Check user and port in PARLEY_SMTP_URL."
        case _:
            return _explain_connection(error, address)


def _explain_connection(error: BaseException, address: str) -> str:
    cause = _cause_of(error)
    if "STARTTLS extension not supported" in str(error):
        return f"{address} offers no TLS. Use smtps:// with its port, or set PARLEY_SMTP_TLS=optional to send in the clear."
    host, _, port = address.rpartition(":")
    if isinstance(cause, socket.gaierror):
        return f"There is no mail host named {host}. Check PARLEY_SMTP_URL."
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"The certificate of {address} is not valid ({clean_line(cause.verify_message)[:MAX_ANSWER]}). Check the host's name or certificate."
    if isinstance(cause, ssl.SSLError):
        return f"{address} does not speak TLS the way it was asked to. Use smtps:// for port 465 and smtp:// for port 587."
    if isinstance(cause, ConnectionRefusedError) or "refused" in str(error).lower():
        return f"Nothing listens on port {port} of {host}. Check PARLEY_SMTP_URL."
    if isinstance(cause, aiosmtplib.SMTPServerDisconnected | ConnectionError):
        return f"{address} closed the connection. Check the port: smtps:// is for 465, smtp:// for 587."
    if isinstance(error, aiosmtplib.SMTPException) and "AUTH" in str(error):
        return f"{address} offers no sign-in here. Check the port, or leave user and password out of PARLEY_SMTP_URL."
    return f"The mail did not leave through {address}: {clean_line(str(error))[:MAX_ANSWER] or type(error).__name__}."


def _cause_of(error: BaseException) -> BaseException:
    """Return the error below those that only wrap it."""
    while isinstance(error, aiosmtplib.SMTPConnectError) and (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error


def _answer(error: Exception) -> str:
    code, message = getattr(error, "code", ""), getattr(error, "message", "") or str(error)
    return f"{code} {clean_line(str(message))[:MAX_ANSWER]}".strip()
