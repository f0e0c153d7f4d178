import Learning

/// Draws beyond the uniform; each uses only `+ - * /`, `sqrt` and `PortableMath`, hence the same
/// bits everywhere.
extension SeededGenerator {
  /// A draw that is true with the given probability.
  mutating func nextBool(probability: Double) -> Bool { nextUnit() < probability }

  /// A standard normal number.
  ///
  /// Method: the polar method (Marsaglia and Bray 1964, "A convenient method for generating normal
  /// variables"). Its second number is dropped, so that no draw depends on the one before.
  mutating func nextNormal() -> Double {
    while true {
      let x = 2 * nextUnit() - 1
      let y = 2 * nextUnit() - 1
      let squaredRadius = x * x + y * y
      if squaredRadius > 0, squaredRadius < 1 {
        return x * (-2 * PortableMath.log(squaredRadius) / squaredRadius).squareRoot()
      }
    }
  }

  /// An exponential waiting time.
  mutating func nextExponential(mean: Double) -> Double {
    // 1 - u lies in (0, 1], so its logarithm is finite.
    -mean * PortableMath.log(1 - nextUnit())
  }

  /// A Poisson count.
  ///
  /// Method: product of uniforms (Knuth, volume 2, section 3.4.1, algorithm Q).
  ///
  /// - Precondition: `mean` is in `0...500`, beyond which `exp(-mean)` runs out of precision.
  mutating func nextPoisson(mean: Double) -> Int {
    precondition((0...500).contains(mean), "mean is \(mean); expected between 0 and 500")
    let threshold = PortableMath.exp(-mean)
    var count = 0
    var product = nextUnit()
    while product > threshold {
      count += 1
      product *= nextUnit()
    }
    return count
  }

  /// An element, each as likely as its weight over the sum of all weights.
  mutating func nextChoice<Value>(_ choices: [(value: Value, weight: Int)]) -> Value {
    var remaining = nextIndex(below: choices.reduce(0) { $0 + $1.weight })
    for choice in choices {
      if remaining < choice.weight { return choice.value }
      remaining -= choice.weight
    }
    preconditionFailure("the index lies below the sum of the weights")
  }
}
