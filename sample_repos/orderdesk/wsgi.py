# gunicorn -w 1 wsgi:application        ONE worker, see OD-1155
from orderdesk.app import create_app

application = create_app()

if __name__ == "__main__":
    application.run(host="0.0.0.0", port=8080, threaded=True)
