# The site and its commands in one image. It holds no key and no data but the demonstration's papers:
# both come with the volumes of docker-compose.yml.

FROM python:3.13-slim-trixie AS base
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore


# The wheel. Its build backend comes from the development requirements, whose every file is hashed.
FROM base AS wheel
WORKDIR /src
COPY requirements/dev.txt requirements/
RUN python -m pip install --require-hashes --only-binary :all: -r requirements/dev.txt
COPY pyproject.toml README.md LICENSE ./
COPY crawler crawler
COPY parsers parsers
COPY indexer indexer
COPY site site
COPY cli cli
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheel .


# The environment, without pip in it.
FROM base AS environment
COPY requirements/use.txt requirements/
RUN python -m venv --without-pip /opt/tsunagari
RUN python -m pip --python /opt/tsunagari install --require-hashes --only-binary :all: -r requirements/use.txt
COPY --from=wheel /wheel /wheel
RUN python -m pip --python /opt/tsunagari install --no-deps --no-index /wheel/*.whl


FROM base
RUN python -m pip uninstall --yes --quiet pip \
    && groupadd --gid 10001 tsunagari \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin tsunagari \
    # A new volume takes owner and mode from the folder on which it is mounted first.
    && install --directory --mode 0700 --owner 10001 --group 10001 \
        /data /secrets/master /secrets/admin /secrets/search /var/lib/meilisearch
COPY --from=environment /opt/tsunagari /opt/tsunagari
WORKDIR /app
COPY fixtures/demo.toml fixtures/
COPY fixtures/national_list_r3 fixtures/national_list_r3
COPY fixtures/sheet_gunma_r7 fixtures/sheet_gunma_r7
COPY fixtures/sheet_kunitachi_r6 fixtures/sheet_kunitachi_r6
COPY fixtures/plan_kunitachi_6th fixtures/plan_kunitachi_6th
COPY fixtures/network_ageo_r6 fixtures/network_ageo_r6
ENV PATH=/opt/tsunagari/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TSUNAGARI_DATA_DIR=/data
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=3); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
CMD ["tsunagari", "serve", "--host", "0.0.0.0", "--port", "8000"]
