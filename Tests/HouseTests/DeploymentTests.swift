import Testing

@Suite("Deployment files")
struct DeploymentTests {
  @Test("The Dockerfile builds statically and its runtime stage is small, numeric and checked")
  func dockerfile() throws {
    #expect(Deployment.faults(inDockerfile: try Repository.text("Dockerfile")) == [])
  }

  @Test(
    "The units print no memory after a crash, have a user of their own and time to stop; the server has descriptors",
    arguments: ["twilio-sync", "twilio-sync-hourly"])
  func units(name: String) throws {
    let text = try Repository.text("scripts/deploy/\(name).service")
    #expect(Deployment.faults(inUnit: text) == [])
    let without = text.replacing("LimitNOFILE=16384\n", with: "").replacing("enable=no", with: "enable=yes")
    #expect(Deployment.faults(inUnit: without).count == (name == "twilio-sync" ? 2 : 1))
  }

  @Test("vercel.json deploys the container and calls it every hour")
  func vercel() throws {
    #expect(try Deployment.faults(inVercelJSON: try Repository.text("vercel.json")) == [])
  }

  @Test(
    "Each change that would break the image is found",
    arguments: [
      (
        "libpq5", "libpq5 curl",
        "the runtime stage installs [\"ca-certificates\", \"curl\", \"libcurl4\", \"libpq5\", \"tzdata\"]"
      ),
      ("USER 10001:10001", "USER 0", "the runtime stage has no numeric user other than root"),
      ("USER 10001:10001", "USER nobody", "the runtime stage has no numeric user other than root"),
      (
        "libpq5 tzdata", "libpq5",
        "the runtime stage installs [\"ca-certificates\", \"libcurl4\", \"libpq5\"]"
      ),
      ("enable=no", "enable=yes", "the runtime stage lacks ENV SWIFT_BACKTRACE=enable=no"),
      ("FROM debian", "FROM --platform=linux/amd64 debian", "an architecture is named"),
      ("EXPOSE 3093", "EXPOSE 80", "the runtime stage lacks EXPOSE 3093"),
      ("STOPSIGNAL SIGTERM", "", "the runtime stage lacks STOPSIGNAL SIGTERM"),
      ("HEALTHCHECK", "# HEALTHCHECK", "the runtime stage lacks CMD [\"twilio-sync\", \"health\"]"),
      ("-Xlinker -s", "", "the build stage does not strip the program"),
      ("chmod a-s", "ls -l", "the runtime stage leaves setuid bits"),
      (" --static-swift-stdlib", "", "the build stage does not link the Swift standard library statically"),
    ])
  func findsDockerfileFault(part: String, replacement: String, fault: String) throws {
    let text = try Repository.text("Dockerfile").replacing(part, with: replacement)
    #expect(Deployment.faults(inDockerfile: text) == [fault])
  }

  @Test(
    "Each change that would break the Vercel project is found",
    arguments: [
      ("0 * * * *", "0 0 * * *", "the cron is not 0 * * * * on /api/sync-twilio-hourly"),
      ("/api/sync-twilio-hourly", "/api/sync", "the cron is not 0 * * * * on /api/sync-twilio-hourly"),
      ("\"service\": \"api\"", "\"service\": \"web\"", "not every path leads to the container"),
      ("/(.*)", "/api/(.*)", "not every path leads to the container"),
    ])
  func findsVercelFault(part: String, replacement: String, fault: String) throws {
    let text = try Repository.text("vercel.json").replacing(part, with: replacement)
    #expect(try Deployment.faults(inVercelJSON: text) == [fault])
  }

  @Test(
    "A vercel.json that is no JSON, or names no service, is refused", arguments: ["{", "{\"crons\": []}"])
  func refusesOtherForms(text: String) {
    #expect(throws: DecodingError.self) { try Deployment.faults(inVercelJSON: text) }
  }
}
