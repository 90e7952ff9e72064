import Dispatch
import Telemetry
import Testing

struct MetricRegistryTests {
  private let registry = MetricRegistry()

  @Test("A registry without metrics renders nothing")
  func empty() {
    #expect(registry.render() == "")
  }

  @Test("A counter shows its starting combinations as zero, and all combinations in order")
  func counter() throws {
    let runs = try registry.counter(
      "runs_total", help: "Runs.", labels: ["kind", "outcome"],
      starting: [["hourly", "succeeded"], ["hourly", "failed"]])
    runs.add(1, "hourly", "succeeded")
    runs.series("historical", "failed").add(2)
    runs.add(1, "historical", "failed")
    runs.add(-1, "hourly", "failed")
    #expect(
      registry.render() == """
        # HELP runs_total Runs.
        # TYPE runs_total counter
        runs_total{kind="historical",outcome="failed"} 3
        runs_total{kind="hourly",outcome="failed"} 0
        runs_total{kind="hourly",outcome="succeeded"} 1

        """)
  }

  @Test("A counter without labels is zero from the start")
  func counterWithoutLabels() throws {
    let phones = try registry.counter("phones_total", help: "Phones.")
    #expect(registry.render() == "# HELP phones_total Phones.\n# TYPE phones_total counter\nphones_total 0\n")
    phones.add()
    phones.add(4)
    #expect(registry.render().hasSuffix("\nphones_total 5\n"))
  }

  @Test("A gauge is what it was set to last; without a value it is left out")
  func gauge() throws {
    let gauge = try registry.gauge("open_connections", help: "Connections.")
    #expect(registry.render() == "")
    gauge.set(3)
    gauge.set(-2)
    #expect(registry.render().hasSuffix("\nopen_connections -2\n"))
    gauge.set(1_759_694_400.25)
    #expect(registry.render().hasSuffix("\nopen_connections 1759694400.25\n"))
  }

  @Test("All values of a gauge are replaced at once, and may be none")
  func replaced() throws {
    let gauge = try registry.gauge("connections", help: "C.", labels: ["state"])
    gauge.set(1, "gone")
    gauge.replace(with: [["idle"]: 2, ["in_use"]: 1])
    #expect(
      registry.render() == """
        # HELP connections C.
        # TYPE connections gauge
        connections{state="idle"} 2
        connections{state="in_use"} 1

        """)
    gauge.replace(with: [:])
    #expect(registry.render() == "")
    #expect(registry.names == ["connections"])
  }

  @Test("A histogram shows its starting combinations as empty, and one without labels itself")
  func startingHistogram() throws {
    _ = try registry.histogram(
      "a_seconds", help: "A.", labels: ["kind"], bounds: [1], starting: [["hourly"]])
    _ = try registry.histogram("b_seconds", help: "B.", bounds: [])
    #expect(
      registry.render() == """
        # HELP a_seconds A.
        # TYPE a_seconds histogram
        a_seconds_bucket{kind="hourly",le="1"} 0
        a_seconds_bucket{kind="hourly",le="+Inf"} 0
        a_seconds_sum{kind="hourly"} 0
        a_seconds_count{kind="hourly"} 0
        # HELP b_seconds B.
        # TYPE b_seconds histogram
        b_seconds_bucket{le="+Inf"} 0
        b_seconds_sum 0
        b_seconds_count 0

        """)
  }

  @Test("A histogram has cumulative buckets, a sum and a count for each combination")
  func histogram() throws {
    let latency = try registry.histogram(
      "latency_seconds", help: "Latency.", labels: ["route"], bounds: [0.1, 1])
    for value in [0.05, 0.1, 0.5, 7, .nan] { latency.series("/b").observe(value) }
    latency.observe(1, "/a")
    #expect(
      registry.render() == """
        # HELP latency_seconds Latency.
        # TYPE latency_seconds histogram
        latency_seconds_bucket{route="/a",le="0.1"} 0
        latency_seconds_bucket{route="/a",le="1"} 1
        latency_seconds_bucket{route="/a",le="+Inf"} 1
        latency_seconds_sum{route="/a"} 1
        latency_seconds_count{route="/a"} 1
        latency_seconds_bucket{route="/b",le="0.1"} 2
        latency_seconds_bucket{route="/b",le="1"} 3
        latency_seconds_bucket{route="/b",le="+Inf"} 4
        latency_seconds_sum{route="/b"} 7.65
        latency_seconds_count{route="/b"} 4

        """)
  }

  @Test("Metrics kept elsewhere are read at each rendering, and left out without a value")
  func read() throws {
    try registry.counter("process_cpu_seconds_total", help: "CPU.") { 1.25 }
    try registry.gauge("lag_seconds", help: "Lag.") { nil }
    try registry.gauge("limit_bytes", help: "Limit.") { .infinity }
    #expect(
      registry.render() == """
        # HELP process_cpu_seconds_total CPU.
        # TYPE process_cpu_seconds_total counter
        process_cpu_seconds_total 1.25
        # HELP limit_bytes Limit.
        # TYPE limit_bytes gauge
        limit_bytes +Inf

        """)
  }

  @Test("Help and label values are escaped as the format asks")
  func escaping() throws {
    let info = try registry.gauge("build_info", help: "a\\b\n\"c\"", labels: ["version"])
    info.set(1, "1\\0\n\"x\"")
    #expect(
      registry.render()
        == "# HELP build_info a\\\\b\\n\"c\"\n# TYPE build_info gauge\nbuild_info{version=\"1\\\\0\\n\\\"x\\\"\"} 1\n"
    )
  }

  @Test("Missing label values count as empty, values too many are dropped")
  func fittedLabels() throws {
    let counter = try registry.counter("a_total", help: "A.", labels: ["x", "y"])
    counter.add(1, "1")
    counter.add(1, "1", "", "3")
    #expect(registry.render().hasSuffix("\na_total{x=\"1\",y=\"\"} 2\n"))
  }

  @Test("Bad names are refused", arguments: ["", "1a", "a-b", "a b", "ñ", "a:b"])
  func badNames(name: String) {
    #expect(throws: TelemetryError.invalidName(name)) { _ = try registry.counter(name, help: "") }
    #expect(throws: TelemetryError.invalidName(name)) {
      _ = try registry.gauge("fine", help: "", labels: [name])
    }
    #expect(registry.render() == "")
  }

  @Test("Reserved labels and repeated names are refused")
  func reserved() throws {
    #expect(throws: TelemetryError.invalidName("le")) {
      _ = try registry.histogram("h_seconds", help: "", labels: ["le"], bounds: [1])
    }
    #expect(throws: TelemetryError.invalidName("__x")) {
      _ = try registry.counter("c_total", help: "", labels: ["__x"])
    }
    _ = try registry.counter("c_total", help: "")
    #expect(throws: TelemetryError.duplicateName("c_total")) { _ = try registry.gauge("c_total", help: "") }
  }

  @Test("Buckets must be finite and rise", arguments: [[1, 1], [2, 1], [1, .infinity], [.nan]])
  func badBuckets(bounds: [Double]) {
    #expect(throws: TelemetryError.invalidBuckets("h_seconds")) {
      _ = try registry.histogram("h_seconds", help: "", bounds: bounds)
    }
  }

  @Test("Nothing is lost when many threads count")
  func threads() throws {
    let counter = try registry.counter("c_total", help: "C.", labels: ["x"])
    let odd = counter.series("odd")
    let histogram = try registry.histogram("h_seconds", help: "H.", bounds: [1])
    DispatchQueue.concurrentPerform(iterations: 1000) { number in
      if number.isMultiple(of: 2) { counter.add(1, "even") } else { odd.add() }
      histogram.observe(1)
    }
    #expect(registry.render().contains("\nc_total{x=\"even\"} 500\nc_total{x=\"odd\"} 500\n"))
    #expect(registry.render().hasSuffix("\nh_seconds_sum 1000\nh_seconds_count 1000\n"))
  }

  @Test(
    "Whatever number a gauge has is written",
    arguments: [
      (Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
      (9_007_199_254_740_992, "9007199254740992"),
      (9_223_372_036_854_775_808, "9.223372036854776e+18"), (-1e300, "-1e+300"), (-0.0, "0"),
    ])
  func extremes(number: Double, text: String) throws {
    try registry.gauge("extreme", help: "E.").set(number)
    #expect(registry.render().hasSuffix("extreme \(text)\n"))
  }
}
