# Three stages: the page, the Python packages, and a runtime that has neither compilers nor Node.js nor git.

FROM node:24-bookworm-slim AS page
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN apt-get update \
 && apt-get install -y --no-install-recommends binutils \
 && rm -rf /var/lib/apt/lists/*
# Without pip in it: the environment is copied whole into the runtime, where nothing is ever installed.
RUN python3 -m venv --without-pip /app/venv
# PyTorch's CPU index by default; empty means the ordinary index, whose Linux build brings CUDA along.
ARG TORCH_INDEX_URL=https://download.pytorch.org/whl/cpu
COPY requirements/torch.txt /src/requirements/
RUN pip --python /app/venv/bin/python install ${TORCH_INDEX_URL:+--index-url "$TORCH_INDEX_URL"} \
      -r /src/requirements/torch.txt
COPY requirements/runtime.lock /src/requirements/
RUN pip --python /app/venv/bin/python install --require-hashes --only-binary :all: \
      -r /src/requirements/runtime.lock
# What a server never touches: torch's own tests, headers and build tools, symbol tables, OpenVINO's other devices and
# formats, packages' test suites, and the compiled files of what torch imports only for its compiler.
RUN cd /app/venv/lib/python3.11/site-packages \
 && rm -rf torch/test torch/include torch/share torch/lib/*.a torch/lib/*_test.so torch/lib/libtorchbind_test.so \
 && find torch/bin -mindepth 1 ! -name torch_shm_manager -exec rm -rf {} + \
 && strip --strip-unneeded torch/lib/libtorch_cpu.so torch/lib/libtorch_python.so uvloop/loop*.so \
 && find openvino/libs -name 'libopenvino_*' ! -name 'libopenvino_intel_cpu_plugin.so' ! -name 'libopenvino_ir_frontend.so*' \
      ! -name 'libopenvino_pytorch_frontend.so*' -delete \
 && rm -rf openvino/libs/cache.json openvino/include openvino/cmake \
 && find . -type d -name tests ! -path './torch/*' -prune -exec rm -rf {} + \
 && find sympy networkx torch/_inductor torch/testing torch/distributed -type d -name __pycache__ -prune -exec rm -rf {} +
COPY openflam/ /src/openflam/
COPY backend/ /src/backend/
RUN pip --python /app/venv/bin/python install --no-deps --no-build-isolation /src/openflam /src/backend \
 && rm -rf /app/venv/lib/python3.11/site-packages/setuptools* /app/venv/lib/python3.11/site-packages/_distutils_hack \
      /app/venv/lib/python3.11/site-packages/pkg_resources /app/venv/lib/python3.11/site-packages/distutils-precedence.pth

FROM python:3.11-slim-bookworm
# A fixed number, so that a volume keeps its owner from one image to the next.
RUN useradd --system --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin sonotag \
 && install -d -o sonotag -g sonotag -m 0750 /data
COPY --from=packages /app/venv /app/venv
COPY --from=page /src/frontend/dist /app/page
COPY LICENSE /app/
ENV PATH=/app/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    SONOTAG_DATA_DIR=/data SONOTAG_PAGE_DIR=/app/page SONOTAG_LOG_FORMAT=json \
    HOST=0.0.0.0 PORT=8000
WORKDIR /data
USER sonotag
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('PORT', '8000') + '/healthz', timeout=4)"]
# No shell in between: the server is process 1 and gets SIGTERM itself.
CMD ["sonotag", "serve"]
