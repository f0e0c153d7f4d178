/// The name among `names` that `name` may have been meant to be: the one with the fewest letters
/// changed, the first of several; `nil` where more than a third of them would have to be.
///
/// Case, blanks and the signs `_`, `-` and `.` do not count, so that `customerID` is `customer_id`.
package func nearestName(to name: String, among names: [String]) -> String? {
  let wanted = plainLetters(name)
  let distances = names.filter { !$0.isEmpty }.map { candidate in
    (name: candidate, distance: editDistance(plainLetters(candidate), wanted))
  }
  guard let nearest = distances.min(by: { $0.distance < $1.distance }) else { return nil }
  return nearest.distance <= max(1, (wanted.count + 1) / 3) ? nearest.name : nil
}

/// A name without what differs between the styles of writing names.
private func plainLetters(_ name: String) -> [Unicode.Scalar] {
  name.lowercased().unicodeScalars.filter { !"_-. ".unicodeScalars.contains($0) }.prefix(100)
    .map { $0 }
}

/// Insertions, deletions and substitutions between two texts (Levenshtein 1966).
private func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
  var row = Array(0...second.count)
  for (index, scalar) in first.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for (column, other) in second.enumerated() {
      let substituted = diagonal + (scalar == other ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
    }
  }
  return row[second.count]
}
