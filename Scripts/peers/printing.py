"""How comparisons are printed: tables of aligned columns, bars, and a word on a busy machine."""


def print_table(heads, lines):
    """Prints columns aligned: words to the left, what begins with a digit or sign to the right."""
    columns = list(zip(*[heads, *lines]))
    widths = [max(map(len, column)) for column in columns]
    is_number = [
        all(cell[:1] in "+-.0123456789" for cell in column[1:]) and any(column[1:])
        for column in columns]
    for line in [heads, *lines]:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, is_number)]
        print("  " + "  ".join(cells).rstrip())


def print_bars(bars):
    """Prints each bar, its measure and its limit; returns whether all are met.

    A bar is a text, a measure, how it is printed, `>=` or `<=`, and the limit.
    """
    lines, is_met = [], True
    for what, measure, form, relation, limit in bars:
        is_good = measure >= limit if relation == ">=" else measure <= limit
        is_met = is_met and is_good
        lines.append([
            what, form.format(measure), f"{relation} {form.format(limit)}",
            "met" if is_good else "MISSED"])
    print_table(["bar", "measured", "asked", ""], lines)
    return is_met


def is_disturbed(run):
    """Whether other processes were at work beside a run."""
    # The machine's clock of CPU time ticks every 10 ms, hence the constant.
    return run["foreign_s"] > 0.03 + 0.06 * run.get("process_s", run["seconds"])


def warn_of_company(runs):
    """OpenMP's waiting threads make LightGBM many times slower where cores are shared."""
    disturbed = [run for run in runs if is_disturbed(run)]
    if disturbed:
        print(f"  Other processes were at work in {len(disturbed)} of {len(runs)} runs: "
              "do not quote these times.")
