# Two stages: the first has npm, the second has neither npm nor a compiler and needs no shell.
# The base must have glibc 2.36 or later, as the prebuilt SQLite and Node of package.json do.
FROM node:24-bookworm-slim AS build
WORKDIR /opt/holdfast
COPY package.json package-lock.json ./
# What runs is the Node that package.json pins, not the one of this stage.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/node-linux-*/include node_modules/node-linux-*/share
COPY agents ./agents
COPY broker ./broker
COPY firmware-sim ./firmware-sim
COPY src ./src
RUN chmod 755 src/main.ts \
 && install -d -m 700 -o 10001 -g 10001 /volume \
 && install -d /links \
 && ln -s /opt/holdfast/src/main.ts /links/holdfast

FROM debian:bookworm-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/holdfast --shell /usr/sbin/nologin holdfast
COPY --from=build /opt/holdfast /opt/holdfast
# A folder, because a link that is copied by its own name becomes the file behind it.
COPY --from=build /links/ /usr/local/bin/
COPY --from=build --chown=10001:10001 /volume /var/lib/holdfast
# Databases and local sockets lie in the one volume, so that everything else may be read-only.
ENV PATH=/opt/holdfast/node_modules/.bin:/usr/local/bin:/usr/bin:/bin \
    NODE_ENV=production \
    STATE_DIRECTORY=/var/lib/holdfast \
    HOLDFAST_RUNTIME=/var/lib/holdfast/run \
    HOLDFAST_CONFIG=/etc/holdfast/holdfast.yaml
USER 10001:10001
WORKDIR /var/lib/holdfast
VOLUME ["/var/lib/holdfast"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["holdfast", "health", "--quiet"]
ENTRYPOINT ["holdfast"]
CMD ["run"]
