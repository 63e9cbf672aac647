# One image for bot and worker; docker-compose.yml says which of the two a container is.
FROM debian:bookworm-slim

RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      python3 python3-venv git make bubblewrap ca-certificates nodejs tzdata \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY Makefile pyproject.toml requirements.lock requirements-analysers.lock README.md LICENSE ./
RUN make install VENV=/opt/codegen
RUN make analysers DIR=/opt/analysers
COPY bot bot
COPY jobs jobs
COPY templates templates
RUN make install VENV=/opt/codegen \
 && python3 -m compileall -q bot jobs \
 && useradd --system --uid 10001 --home-dir /var/lib/codegen --create-home codegen
ENV PATH=/opt/codegen/bin:$PATH PYTHONUNBUFFERED=1 CODEGEN_HOME=/var/lib/codegen
USER codegen
VOLUME /var/lib/codegen
CMD ["codegen", "worker"]
