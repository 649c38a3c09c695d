"""The rules of the house that ruff cannot say."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import msgspec
import pytest

import app.contract

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ["models", "app", "realtime", "demo"]
FRONT_ENDS = ["realtime/client", "widget", "agent_ui"]
DOORS = ["server.py", "cli.py"]
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
OWN_PROCESSES = {Path("app/knowledge/encoder_process.py")}  # a door of its own: it sets what the libraries in its process read
UNSAFE_MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
UNSAFE_CALLS = {("yaml", "load"), ("yaml", "unsafe_load"), ("yaml", "full_load"), ("torch", "load")}
NAMES_NOT_YET_FOUND = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "service", "services", "misc"}
CUTS = re.compile(r"\.(slice|substring|substr)\(\s*(0\s*,\s*[\d_]+|-[\d_]{2,}|-?LIMITS\.|0\s*,\s*[A-Z_]{3,})")
SLICED_LISTS = re.compile(r"(suggestions|tags|gu\)\?|rows\.value|toISOString\(\)|\]|ids|range|pages|\))\.slice")
ACTORS = {"Visitor", "SignedInAgent", "Operator", "Actor", "Staff"}
WITHOUT_ACTOR = {
    "accept_invitation": "the secret of the invitation's link is the permission",
    "use_reset": "the secret of the link is the permission",
    "ask_for_reset": "anyone may say that they forgot their password; the answer is the same for all",
    "send_new_link": "a signed link in a mail is the permission",
    "stop_mail": "a signed link in a mail is the permission",
    "vote_on_article": "any reader may vote; votes are counted by address",
    "record_sighting": "a page that asked for the widget, whoever was served it",
    "arrive": "a connection that is there; the handshake has identified the agent",
    "renew_leases": "connections that are still there",
    "note_sessions_seen": "connections that are still there",
}
"""Verbs that a door runs without an actor, and why."""
MADE = {"node_modules", "dist", "__pycache__", ".git", ".venv"}


def test_nothing_below_the_door_reads_the_environment() -> None:
    places = (path for path in python_files(*ROOMS) if path not in OWN_PROCESSES)
    assert list(found(reads_environment, places)) == []


def test_b5_nothing_unpickles() -> None:
    assert list(found(unpickles, python_files(*ROOMS, *DOORS))) == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("environment", "import os\nos.environ['PATH']"),
        ("environment", "import os\nos.getenv('PATH')"),
        ("environment", "from os import environ"),
        ("pickle", "import pickle"),
        ("pickle", "from marshal import loads"),
        ("pickle", "import yaml\nyaml.load('x')"),
        ("pickle", "import numpy\nnumpy.load('x', allow_pickle=True)"),
    ],
)
def test_the_rules_catch_what_they_are_for(rule: str, source: str) -> None:
    breaks = {"environment": reads_environment, "pickle": unpickles}[rule]
    assert any(breaks(node) for node in ast.walk(ast.parse(source)))


def test_a_file_is_named_for_its_idea() -> None:
    unnamed = [
        path for path in files(*ROOMS, *FRONT_ENDS) for part in path.parts if part.split(".")[0].lower() in NAMES_NOT_YET_FOUND
    ]
    assert unnamed == []


def test_no_front_end_cuts_a_text_in_the_middle_of_a_character() -> None:
    """`firstOf` and `lastOf` cut texts. Lists may be sliced, and so may a text at a place that was searched for."""
    places = (path for path in files(*FRONT_ENDS) if path.suffix in (".ts", ".tsx", ".vue") and "test" not in path.parts)
    cuts = (
        f"{path}: {line.strip()}"
        for path in places
        for line in (ROOT / path).read_text().splitlines()
        if CUTS.search(line) and not SLICED_LISTS.search(line)
    )
    assert list(cuts) == []


def test_storage_channels_and_locks_have_one_guarded_door() -> None:
    """F1: each of them throws or rejects where a browser blocks site data, and a chat that does not expect it is silent."""
    own = {
        Path("realtime/client/browser.ts"),
        Path("widget/embed/embed.ts"),
    }  # the host script has a guard of its own, in fewer bytes
    denied = re.compile(
        r"(?<![\w\"'.])(window\.)?(localStorage|sessionStorage)\b(?![\"'])|new BroadcastChannel|navigator\??\.locks"
    )
    places = (path for path in files(*FRONT_ENDS) if path.suffix in (".ts", ".tsx", ".vue") and "test" not in path.parts)
    uses = (
        f"{path}: {line.strip()}"
        for path in places
        if path not in own
        for line in (ROOT / path).read_text().splitlines()
        if denied.search(line)
    )
    assert list(uses) == []


def test_f5_front_ends_use_nothing_that_browsers_at_the_floor_lack() -> None:
    """No lookbehind, which no build lowers, and no `crypto.randomUUID`, which is missing on plain HTTP."""
    newer = re.compile(r"\(\?<[=!]|crypto\.randomUUID\(")
    places = (path for path in files(*FRONT_ENDS) if path.suffix in (".ts", ".tsx", ".vue") and "test" not in path.parts)
    assert [str(path) for path in places if newer.search((ROOT / path).read_text())] == []


def test_every_tool_can_be_run() -> None:
    tools = [ROOT / ".ci" / "run", *(path for path in (ROOT / "tools").iterdir() if path.is_file())]
    assert [tool.name for tool in tools if not os.access(tool, os.X_OK) or not tool.read_bytes().startswith(b"#!")] == []


@pytest.mark.parametrize("module", [module.name for module in pkgutil.iter_modules(app.contract.__path__)])
def test_every_struct_of_the_contract_says_what_it_is(module: str) -> None:
    room = importlib.import_module(f"app.contract.{module}")
    structs = [it for it in vars(room).values() if isinstance(it, type) and issubclass(it, msgspec.Struct)]
    assert [it.__name__ for it in structs if it.__module__ == room.__name__ and not vars(it).get("__doc__")] == []


def test_a_docstring_begins_with_the_thing_it_describes() -> None:
    """A noun or a verb, not a question or a pronoun: the first word is what a reader looks for."""
    begun = re.compile(r"(What|Who|How|Whether|Those|The same|It)\b")
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    unclear = (
        f"{path}: {said.splitlines()[0]}"
        for path in [*python_files(*ROOMS), *map(Path, DOORS)]
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, kinds) and (said := ast.get_docstring(node)) and begun.match(said)
    )
    assert list(unclear) == []


def test_every_verb_that_a_door_runs_takes_an_actor() -> None:
    """A verb has more than one door, so it checks the permission itself. Without an actor it cannot."""
    without = {name for module, name in imported_by_doors() if any(lacks_actor(verb) for verb in verbs_of(module, name))}
    assert without - set(WITHOUT_ACTOR) == set()
    assert set(WITHOUT_ACTOR) - without == set(), "an exception that is not needed"
    assert len([name for module, name in imported_by_doors() if list(verbs_of(module, name))]) > 80


def imported_by_doors() -> set[tuple[str, str]]:
    """Return module and name of everything that controllers, sockets and the command line import from app."""
    return {
        (node.module, alias.name)
        for path in python_files("app/http", "realtime", "cli.py")
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("app.")
        for alias in node.names
    }


def verbs_of(module: str, name: str) -> Iterator[ast.AsyncFunctionDef]:
    """Return the coroutine function of this name, if it takes a Work."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    if path.is_file():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.AsyncFunctionDef) and node.name == name and "Work" in annotations_of(node):
                yield node


def lacks_actor(verb: ast.AsyncFunctionDef) -> bool:
    """Return whether no parameter of a verb is an actor."""
    return not any(ACTORS & set(re.findall(r"\w+", annotation)) for annotation in annotations_of(verb))


def annotations_of(verb: ast.AsyncFunctionDef) -> list[str]:
    """Return the types of a function's parameters as they are written."""
    arguments = verb.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [ast.unparse(one.annotation) for one in given if one.annotation]


def test_what_is_installed_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(it for extra in project["optional-dependencies"].values() for it in extra)]
    pins = [it.split(";")[0].strip() for it in asked if not it.startswith("parley[")]
    assert [pin for pin in pins if "==" not in pin] == []
    locked = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line)
    versions = {plain(name): version for name, version in locked.items()}
    assert [pin for pin in pins if versions.get(plain(pin.split("==")[0])) != pin.split("==")[1]] == []


def test_what_is_imported_is_asked_for() -> None:
    """A package that only came along with another may be gone after the next upgrade."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {plain(pin.split("==")[0]) for pin in project["dependencies"]}
    ours = {*sys.stdlib_module_names, *ROOMS, "server", "cli"}
    trees = [ast.parse((ROOT / path).read_text()) for path in python_files(*ROOMS, *DOORS)]
    imported = {name.split(".")[0] for tree in trees for node in ast.walk(tree) for name in modules_of(node)} - ours
    owners = packages_distributions()
    assert sorted(name for name in imported if not asked & {plain(owner) for owner in owners.get(name, [])}) == []


def modules_of(node: ast.AST) -> list[str]:
    """What an import statement imports."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module]
        case _:
            return []


def reads_environment(node: ast.AST) -> bool:
    """`os.environ` and its kin, by attribute or by import."""
    match node:
        case ast.Attribute(value=ast.Name(id="os"), attr=name):
            return name in ENVIRONMENT
        case ast.ImportFrom(module="os", names=names):
            return any(alias.name in ENVIRONMENT for alias in names)
        case _:
            return False


def unpickles(node: ast.AST) -> bool:
    """Anything that can run code out of data."""
    match node:
        case ast.Import(names=names):
            return any(alias.name.split(".")[0] in UNSAFE_MODULES for alias in names)
        case ast.ImportFrom(module=str(module)):
            return module.split(".")[0] in UNSAFE_MODULES
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return (module, name) in UNSAFE_CALLS
        case ast.keyword(arg="allow_pickle", value=ast.Constant(value=True)):
            return True
        case _:
            return False


def found(breaks: Callable[[ast.AST], bool], paths: Iterator[Path]) -> Iterator[str]:
    """Where a rule is broken: file and line."""
    for path in paths:
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if breaks(node):
                yield f"{path}:{getattr(node, 'lineno', '?')}"


def python_files(*places: str) -> Iterator[Path]:
    """Python of these rooms and modules, as far as they exist."""
    return (path for path in files(*places) if path.suffix == ".py")


def files(*places: str) -> Iterator[Path]:
    """Every file written by people, relative to the root."""
    for place in places:
        if (ROOT / place).is_file():
            yield Path(place)
        for folder, folders, names in os.walk(ROOT / place):
            folders[:] = [name for name in folders if name not in MADE]
            yield from ((Path(folder) / name).relative_to(ROOT) for name in names)


def plain(name: str) -> str:
    """A package's name as the index compares it, without extras."""
    return name.split("[")[0].lower().replace("_", "-").replace(".", "-")


def test_w6_tests_need_nothing_beside_the_clone() -> None:
    """Each file of tests/data says where it comes from, and no test looks above the repository."""
    sources = (ROOT / "tests" / "data" / "SOURCES.md").read_text()
    assert [
        path.name for path in (ROOT / "tests" / "data").iterdir() if f"`{path.name}`" not in sources and path.suffix != ".md"
    ] == []
    above = re.compile(r"ROOT\.parent\b|\bPARLEY_TEST_DATA\b")
    readers = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__) and above.search(path.read_text())]
    assert readers == []


def test_every_screen_takes_its_colours_and_sizes_from_the_tokens() -> None:
    """One economy of colours and seven sizes of type: no sheet, component or page of the server has figures of its own."""
    written = {
        Path("agent_ui/tokens.css"),
        Path("widget/styles/tokens.css"),
        Path("app/http/tokens.css"),
        Path("app/tokens.py"),
    }
    own = {
        Path("widget/embed/launcher.css"),  # stands on other people's pages, in a script that counts every byte
        Path("widget/embed/embed.ts"),
        Path("widget/proactive/host.ts"),
        Path("app/http/brand_color.py"),  # reckons with colours
        Path("app/http/loader.py"),  # draws the launcher
        Path("app/mail/contact_mail.py"),  # what can be read on a brand's colour
    }
    raw = re.compile(
        r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b(?![\w-])|font-size: ?[\d.]+(?:px|rem)|text-\[[\d.]+(?:px|rem)\]"
    )
    suffixes = {".vue", ".css", ".ts", ".tsx"}
    sheets = (path for path in files("agent_ui", "widget") if path.suffix in suffixes and "test" not in path.parts)
    pages = (path for path in files("app/http", "app/mail") if path.suffix in {".css", ".py"})
    assert [
        f"{path}: {found[0]}"
        for path in (*sheets, *pages)
        if path not in written | own
        for line in (ROOT / path).read_text("utf-8").splitlines()
        if (found := raw.search(line)) is not None and not line.lstrip().startswith(("*", "//", "/*"))
    ] == []
    assert subprocess.run([sys.executable, ROOT / "tools" / "tokens", "--check"], check=False).returncode == 0


@pytest.mark.parametrize("bench", sorted(one.stem for one in (ROOT / "bench").glob("*.py") if one.stem != "__init__"))
def test_every_bench_can_still_be_started(bench: str) -> None:
    importlib.import_module(f"bench.{bench}")
