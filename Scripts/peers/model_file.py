"""What a model file says, read after Docs/Formats/Model.md and not by `retain`."""
import struct

SCHEMA, LEARNER = 0x80000001, 0x80000002


class Section:
    """Takes fields from the bytes of a section, one after another."""

    def __init__(self, data):
        self.data, self.place = data, 0

    def take(self, form):
        """One number of a form of the module struct, little-endian."""
        value, = struct.unpack_from("<" + form, self.data, self.place)
        self.place += struct.calcsize("<" + form)
        return value

    def text(self):
        length = self.take("I")
        self.place += length
        return self.data[self.place - length:self.place].decode()

    def list(self, element):
        return [element() for _ in range(self.take("I"))]

    def optional(self, element):
        return element() if self.take("?") else None


def sections(path):
    """The sections of a file by their type."""
    data = path.read_bytes()
    count, = struct.unpack_from("<I", data, 16)
    entries = (struct.unpack_from("<IQQI", data, 20 + 24 * place) for place in range(count))
    return {kind: Section(data[start:start + length]) for kind, start, length, _ in entries}


def features(section):
    """Name and levels of each feature; the last level of some stands for all other words."""
    def feature():
        name, kind = section.text(), section.take("B")
        if kind != 2:
            return name, []
        other = ["(other)"] if section.take("?") else []
        return name, section.list(section.text) + other
    return section.list(feature)


def rules(path):
    """What boosted trees do, in words that depend on no numbering of features, levels or nodes.

    The base score, and each tree nested from its root.
    """
    by_type = sections(path)
    known = features(by_type[SCHEMA])
    section = by_type[LEARNER]
    if section.take("B") != 1:
        raise ValueError(f"{path} holds no boosted trees")
    return boosted_trees(section, known)


def logistic(path):
    """The intercept and the coefficients of a logistic regression, by `column` or `column=level`.

    Those of quantities are per scale, as they are fitted; of a missing cell `column missing`.
    """
    by_type = sections(path)
    known = features(by_type[SCHEMA])
    section = by_type[LEARNER]
    if section.take("B") != 0:
        raise ValueError(f"{path} holds no logistic regression")

    def coefficient():
        value, _ = section.take("d"), section.take("d")
        return value

    found, intercept = {}, coefficient()
    steps, slope, is_converged, ridge = [section.take(form) for form in "id?d"]
    if section.take("I") != len(known):
        raise ValueError(f"{path} has not one term for each feature")
    for name, levels in known:
        form = section.take("B")
        if form == 1:
            section.take("d"), section.take("d")
            found[name] = coefficient()
        elif form == 2:
            values = section.list(lambda: section.optional(coefficient))
            found |= {
                f"{name}={level}": value for level, value in zip(levels, values)
                if value is not None}
        missing = section.optional(coefficient)
        if missing is not None:
            found[f"{name} missing"] = missing
        section.take("d")
    return {
        "intercept": intercept, "coefficients": found, "steps": steps, "largest_slope": slope,
        "is_converged": is_converged, "added_ridge": ridge}


def boosted_trees(section, known):
    """The base score and the trees; floats by their bits."""
    def node():
        feature, cover = section.take("i"), section.take("d")
        if feature == -1:
            return {"cover": cover, "value": section.take("d").hex()}
        left, right, level_set = section.take("i"), section.take("i"), section.take("i")
        threshold, sides, gain = section.take("d"), section.take("B"), section.take("d")
        return {
            "feature": feature, "cover": cover, "children": (left, right), "set": level_set,
            "threshold": threshold.hex(), "sides": sides, "gain": gain.hex()}

    def tree():
        level_sets = section.list(lambda: section.list(lambda: section.take("Q")))
        nodes = section.list(node)

        def from_node(place):
            here = nodes[place]
            if "value" in here:
                return here
            name, levels = known[here["feature"]]
            words = level_sets[here["set"]] if here["set"] >= 0 else []
            named = sorted(
                level for code, level in enumerate(levels)
                if code // 64 < len(words) and words[code // 64] >> code % 64 & 1)
            return here | {
                "feature": name, "set": named, "children": [*map(from_node, here["children"])]}

        return from_node(0)

    return {"base": section.take("d").hex(), "trees": section.list(tree)}
