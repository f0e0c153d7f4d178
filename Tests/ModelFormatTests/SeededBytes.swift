import Learning

/// Random choices for damaging files, the same for a seed.
struct SeededBytes {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func index(below bound: Int) -> Int { generator.nextIndex(below: bound) }

  mutating func element<Element>(of elements: [Element]) -> Element {
    elements[index(below: elements.count)]
  }

  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: generator.next()) }

  mutating func nonzeroByte() -> UInt8 { UInt8(1 + index(below: 255)) }

  mutating func bits() -> UInt64 { generator.next() }
}
