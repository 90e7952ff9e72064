# Builds twilio-sync and packs it with the few system libraries it needs.
# Both stages are Debian 12, so the program meets the same libcurl and libpq it was linked with.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends libcurl4-openssl-dev libpq-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY Package.swift ./
COPY Sources ./Sources
COPY Tests ./Tests
# -s leaves out the symbols, a fourth of the program: nothing in the image could show them.
RUN swift build -c release --product twilio-sync --static-swift-stdlib -Xlinker -s \
 && cp "$(swift build -c release --static-swift-stdlib --show-bin-path)/twilio-sync" /twilio-sync

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libcurl4 libpq5 tzdata \
 && rm -rf /var/lib/apt/lists/*
# No program of the image may give its caller another user's rights; ours needs none.
RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} +
COPY --from=build /twilio-sync /usr/local/bin/twilio-sync
# A crash prints no memory, which holds the secrets.
ENV SWIFT_BACKTRACE=enable=no
# A number, so that an orchestrator can see that it is not root.
USER 10001:10001
EXPOSE 3093
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["twilio-sync", "health"]
ENTRYPOINT ["twilio-sync"]
CMD ["serve"]
