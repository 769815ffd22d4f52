# Homeroom as an image: the package in a virtual environment, run by a user without rights.
# What it is told, and what it needs beside it: docs/how-to/deploy.md. compose.yaml puts both together.

FROM python:3.13-slim AS build
RUN pip install --no-cache-dir uv
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src src
# Compiled here, because the user without rights can keep nothing compiled: each start would do it anew.
RUN uv venv /opt/homeroom && uv pip install --python /opt/homeroom/bin/python --no-cache --compile-bytecode .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home homeroom && install --directory --owner homeroom --mode 700 /data
COPY --from=build /opt/homeroom /opt/homeroom
# In a container the door is the container's: what may reach it is decided outside.
ENV PATH=/opt/homeroom/bin:$PATH HOMEROOM_DATA=/data HOMEROOM_ADDRESS=0.0.0.0 PYTHONUNBUFFERED=1
USER homeroom
WORKDIR /data
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["homeroom"]
CMD ["serve"]
