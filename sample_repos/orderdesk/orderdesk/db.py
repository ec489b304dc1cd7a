# Lives in its own file because of OD-97 (circular imports, everybody importing app).
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
