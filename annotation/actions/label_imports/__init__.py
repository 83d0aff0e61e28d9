"""Labels made elsewhere: the verdicts that people left in logs, and tables of labels and judgments."""

from annotation.actions.label_imports.annotated import holds_words, import_annotations
from annotation.actions.label_imports.logs import LabelImport, import_labels
from annotation.actions.label_imports.tables import TableImport, import_label_table

__all__ = [
    "LabelImport",
    "TableImport",
    "holds_words",
    "import_annotations",
    "import_label_table",
    "import_labels",
]
