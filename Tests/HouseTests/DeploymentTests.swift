import Testing

@Suite("Deployment files")
struct DeploymentTests {
  @Test("The Dockerfile builds statically and its runtime stage is small, numeric and checked")
  func dockerfile() throws {
    #expect(Deployment.faults(inDockerfile: try Repository.text("Dockerfile")) == [])
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
        "the runtime stage installs [\"ca-certificates\", \"curl\", \"libcurl4\", \"libpq5\"]"
      ),
      ("USER 10001:10001", "USER 0", "the runtime stage has no numeric user other than root"),
      ("USER 10001:10001", "USER nobody", "the runtime stage has no numeric user other than root"),
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
