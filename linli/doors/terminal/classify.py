"""`linli evaluate classify` and `linli train classify`: measure and make the model that suggests a class.

linli evaluate classify --train a.csv --train b.csv --test c.csv --json
linli evaluate classify --train a.csv --folds 5 --repeats 3
linli train classify --train a.csv --train b.csv
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings
from rich.table import Table

from linli.cases.classifier.corpus import LABEL_COLUMN, Corpus, read_corpus
from linli.cases.classifier.evaluate import cross_validate, evaluate_on
from linli.cases.classifier.model import MessageClassifier
from linli.cases.classifier.storage import StoredModel, save
from linli.doors.terminal.output import console, print_json, progress
from linli.kernel.errors import LinliError
