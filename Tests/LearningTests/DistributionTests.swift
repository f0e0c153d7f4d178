import Learning
import TestSupport
import Testing

/// Reference values are mpmath's with 40 digits.
@Suite struct DistributionTests {
  @Test(arguments: [
    (1, 0.01, 0.920344325445942), (1, 0.5, 0.4795001221869535), (1, 1.0, 0.3173105078629141),
    (1, 1.5, 0.2206713619198468), (1, 4.0, 0.04550026389635842), (1, 20.0, 7.744216431044084e-06),
    (2, 0.02, 0.9900498337491681), (2, 1.0, 0.6065306597126334), (2, 2.0, 0.36787944117144233),
    (2, 40.0, 2.061153622438558e-09), (3, 0.03, 0.9986303948188087), (3, 1.5, 0.6822703303362125),
    (3, 3.0, 0.39162517627108895), (3, 4.5, 0.21229028736013333),
    (3, 60.0, 5.878230727906912e-13), (7, 0.07, 0.9999993289114677),
    (7, 7.0, 0.42887985755305474), (7, 28.0, 0.00021989245684579634),
    (7, 140.0, 5.082977510439578e-27), (50, 25.0, 0.9988075511517683),
    (50, 50.0, 0.47339846855634937), (50, 75.0, 0.012596739762499419),
    (50, 200.0, 7.857610724654743e-20), (50, 1000.0, 7.188706215514835e-177),
    (301, 150.5, 0.9999999999999848), (301, 301.0, 0.489159823477014),
    (301, 451.5, 4.1493279935295454e-08), (301, 1204.0, 3.627222867909989e-108),
  ])
  func `the tail of chi-squared is the reference's`(
    degreesOfFreedom: Int, statistic: Double, tail: Double
  ) {
    let found = PortableMath.chiSquaredTail(statistic, degreesOfFreedom: degreesOfFreedom)
    #expect(found.isWithin(1e-12, of: tail), "\(found), not \(tail)")
  }

  @Test(arguments: [
    (0.001, 0.9992021155721779), (0.5, 0.6170750774519738), (1.0, 0.3173105078629141),
    (-1.0, 0.3173105078629141), (PortableMath.normal95, 0.050000000000000024),
    (5.0, 5.733031437583878e-07), (12.0, 3.552964224155358e-33), (37.0, 1.1451142445049154e-299),
  ])
  func `the two tails of the normal distribution are the reference's`(z: Double, tail: Double) {
    let found = PortableMath.normalTail(z)
    #expect(found.isWithin(1e-12, of: tail), "\(found), not \(tail)")
  }

  @Test(arguments: [
    (0.5, 0.5723649429247001), (1.5, -0.12078223763524522), (3.25, 0.9358019311087253),
    (15.5, 26.536914491115613), (100, 359.1342053695754), (2500.5, 17061.03394900727),
  ])
  func `the logarithm of the gamma function is the reference's`(a: Double, value: Double) {
    #expect((PortableMath.logGamma(a) - value).magnitude <= 1e-14 * max(10, value.magnitude))
  }

  @Test func `tails keep their range`() {
    #expect(PortableMath.chiSquaredTail(0, degreesOfFreedom: 3) == 1)
    #expect(PortableMath.chiSquaredTail(-1e-9, degreesOfFreedom: 3) == 1)
    #expect(PortableMath.chiSquaredTail(.infinity, degreesOfFreedom: 3) == 0)
    #expect(PortableMath.chiSquaredTail(.nan, degreesOfFreedom: 3).isNaN)
    #expect(PortableMath.normalTail(0) == 1)
    #expect(PortableMath.normalTail(-.infinity) == 0)
    // Falling everywhere, over the seam of the two methods as well.
    for degreesOfFreedom in [1, 2, 5, 40] {
      var last = 1.0
      for step in 1...400 {
        let tail = PortableMath.chiSquaredTail(
          Double(step) * 0.37, degreesOfFreedom: degreesOfFreedom)
        #expect(tail <= last)
        last = tail
      }
    }
  }
}
