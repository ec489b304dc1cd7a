# What a person writes for orderdesk: the measure of the generated image's size.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir -r requirements.txt gunicorn==23.0.0

FROM python:3.11-slim
RUN useradd --uid 10001 app && install -d -o app /srv/orderdesk/data /srv/orderdesk/uploads /var/log/orderdesk
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY orderdesk orderdesk
COPY scripts scripts
COPY wsgi.py ./
ENV PATH=/opt/venv/bin:$PATH
USER 10001
EXPOSE 8080
CMD ["gunicorn", "-w", "1", "-b", "0.0.0.0:8080", "wsgi:application"]
