"""The program that is judged: taken from a variable, or built."""
import os
import subprocess
import sys

from environment import CHECKOUT, say


def binary(product="retain"):
    """The path of `retain`: RETAIN, or built in release mode; so for another product."""
    variable = product.upper()
    if given := os.environ.get(variable):
        if not os.access(given, os.X_OK):
            sys.exit(
                f"error: {variable}={given} is no program. Name the {product} binary, "
                "or unset it.")
        return os.path.abspath(given)
    say(f"Building {product} in release mode ({variable}=path takes another build).")
    build = ["swift", "build", "-c", "release"]
    if subprocess.run([*build, "--product", product], cwd=CHECKOUT, stdout=sys.stderr).returncode:
        sys.exit(f"error: {product} does not build; see above.")
    shown = subprocess.run(
        [*build, "--show-bin-path"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return os.path.join(shown.stdout.strip(), product)
