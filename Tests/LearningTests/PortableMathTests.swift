import Foundation
import Learning
import Testing

@Suite struct PortableMathTests {
  /// The distance of two numbers in units in the last place of the second.
  private func ulps(_ value: Double, _ reference: Double) -> Double {
    value == reference ? 0 : abs(value - reference) / reference.ulp
  }

  @Test func `exp is within two units in the last place of the C library`() {
    var worst = 0.0
    for step in -70_000...70_000 {
      let x = Double(step) * 0.01013
      worst = max(worst, ulps(PortableMath.exp(x), Foundation.exp(x)))
    }
    #expect(worst <= 2)
  }

  @Test func `exp keeps its range, subnormals included`() {
    #expect(PortableMath.exp(0) == 1)
    #expect(PortableMath.exp(-746) == 0)
    #expect(PortableMath.exp(710) == .infinity)
    #expect(PortableMath.exp(709.78).isFinite)
    #expect(PortableMath.exp(-744) == Foundation.exp(-744))
    #expect(PortableMath.exp(.nan).isNaN)
    #expect(PortableMath.exp(.infinity) == .infinity)
    #expect(PortableMath.exp(-.infinity) == 0)
  }

  @Test func `eight exponentials at once are within two units in the last place`() {
    var worst: Float = 0
    for step in stride(from: -87_000, through: 88_000, by: 8) {
      var x = SIMD8<Float>(repeating: 0)
      for lane in 0..<8 { x[lane] = max(-87, min(Float(step + lane) * 0.001, 88)) }
      let found = PortableMath.exp(x)
      for lane in 0..<8 {
        let reference = Float(Foundation.exp(Double(x[lane])))
        worst = max(worst, abs(found[lane] - reference) / reference.ulp)
      }
    }
    #expect(worst <= 2)
    // Beyond the range, as at its ends.
    #expect(PortableMath.exp(SIMD8<Float>(repeating: -1000))[3] > 0)
    #expect(PortableMath.exp(SIMD8<Float>(repeating: 1000))[5].isFinite)
  }

  @Test func `log is within two units in the last place of the C library`() {
    var worst = 0.0
    for step in 1...100_000 {
      for x in [Double(step) * 1e-5, Double(step) * 37.1, 1 + Double(step) * 1e-9] {
        worst = max(worst, ulps(PortableMath.log(x), Foundation.log(x)))
      }
    }
    #expect(worst <= 2)
    #expect(PortableMath.log(0) == -.infinity)
    #expect(PortableMath.log(-1).isNaN)
    #expect(PortableMath.log(.leastNonzeroMagnitude) == Foundation.log(.leastNonzeroMagnitude))
  }

  @Test func `log1p does not lose a small argument`() {
    for exponent in 0...300 {
      let x = Foundation.pow(10, -Double(exponent))
      #expect(ulps(PortableMath.log1p(x), Foundation.log1p(x)) <= 2)
    }
  }

  @Test func `the bits never change`() {
    #expect(PortableMath.exp(0.7) == 2.0137527074704766)
    #expect(PortableMath.log(3) == 1.0986122886681098)
  }
}
