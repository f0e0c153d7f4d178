"""The Python that the peers run in: made once in the checkout, from pinned versions.

Uses the standard library alone, because it runs before anything is installed.
"""
import importlib.util
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).resolve().with_name("requirements.txt")
VENV = CHECKOUT / ".venv"
STAMP = VENV / "requirements-installed.txt"
# The oldest version of Python that the pins install on, where that is not the one that runs.
PYTHON = None


def use(name, python=None):
    """Takes the pins of requirements-NAME.txt, with an environment of their own.

    With `python`, such as "3.12", it is made by that version or a later one.
    """
    global REQUIREMENTS, VENV, STAMP, PYTHON
    PYTHON = python
    REQUIREMENTS = REQUIREMENTS.with_name(f"requirements-{name}.txt")
    VENV = CHECKOUT / ".venv" / name
    STAMP = VENV / "requirements-installed.txt"


def pins():
    """The pinned packages, name -> version."""
    lines = (line.split("#")[0].strip() for line in REQUIREMENTS.read_text().splitlines())
    return dict(line.split("==") for line in lines if line)


def has_pins():
    """Whether the running interpreter has exactly the pinned versions."""
    try:
        return all(metadata.version(name) == version for name, version in pins().items())
    except metadata.PackageNotFoundError:
        return False


def versions():
    """The versions of Python and of the pinned packages, for a stored output."""
    python = ".".join(map(str, sys.version_info[:2]))
    return {"python": python} | {name: metadata.version(name) for name in pins()}


def ensure():
    """Goes on in a Python that has the pinned versions: this one, or `.venv`, made if need be."""
    if has_pins():
        return
    python = VENV / "bin" / "python"
    if Path(sys.prefix) == VENV and STAMP.exists() and is_installed():
        sys.exit("error: .venv has other versions than the pinned ones. Remove .venv; run again.")
    if not (python.exists() and is_installed()):
        make(python)
    os.execv(python, [str(python), *sys.argv])


def is_installed():
    """Whether `.venv` was made from these very pins; a broken or older one was not."""
    return STAMP.exists() and STAMP.read_text() == wanted()


def optional():
    """The file of packages that a comparison can do without, each line by itself."""
    return REQUIREMENTS.with_name(REQUIREMENTS.stem + "-optional.txt")


def wanted():
    """What was to be installed, as a text to know it by."""
    return "".join(path.read_text() for path in (REQUIREMENTS, optional()) if path.exists())


def make(python):
    """Makes `.venv` and installs the pinned versions into it."""
    names = ", ".join(f"{name} {version}" for name, version in pins().items())
    place = VENV.relative_to(CHECKOUT)
    say(f"First use: making {place} in the checkout with {names} (from PyPI).")
    install = [
        str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]
    try:
        subprocess.run([interpreter(), "-m", "venv", str(VENV)], check=True, stdout=sys.stderr)
        subprocess.run([*install, str(REQUIREMENTS)], check=True, stdout=sys.stderr)
    except subprocess.CalledProcessError as error:
        sys.exit(
            f"error: {' '.join(error.cmd[1:4])} failed. It needs Python 3.11 or later with venv "
            "(Debian: apt-get install python3-venv) and access to PyPI.")
    lines = optional().read_text().splitlines() if optional().exists() else []
    for packages in (line.split("#")[0].split() for line in lines):
        # One line after another, since what is not to be had must not keep the others out.
        if packages and subprocess.run([*install[:-1], *packages], stdout=sys.stderr).returncode:
            say(f"{packages[0]} does not install here; the comparison goes on without it.")
    STAMP.write_text(wanted())


def interpreter():
    """The Python that makes the environment: this one if it is new enough, else one that is named in
    RETAIN_PYTHON or found by its version."""
    if PYTHON is None or sys.version_info[:2] >= tuple(map(int, PYTHON.split("."))):
        return sys.executable
    found = os.environ.get("RETAIN_PYTHON") or shutil.which(f"python{PYTHON}")
    if found is None:
        sys.exit(
            f"error: no Python {PYTHON} here, which {REQUIREMENTS.name} needs. Install it, or name "
            "it: RETAIN_PYTHON=path/to/python.")
    return found


def installed(modules, chosen):
    """Those of the peers (name -> module) that were chosen and are here; it names the others."""
    for name in chosen or []:
        if name not in modules:
            say(f"error: '{name}' is no peer here; expected {', '.join(modules)}.")
            sys.exit(64)
    names = [name for name in modules if not chosen or name in chosen]
    here = [name for name in names if importlib.util.find_spec(modules[name])]
    for name in names:
        if name not in here:
            print(f"  {name}: {modules[name]} is not installed here")
    return here


def say(text):
    """Prints progress, which goes to standard error."""
    print(text, file=sys.stderr, flush=True)
