"""Other pipelines over the same reports with the same models, for comparison: `python -m eval.adapters.NAME`.

Each reads questions as `assistant evaluate questions` writes them, and writes answers that `assistant evaluate
--answers` scores. Their packages are optional: `pip install "esg-report-assistant[adapters]"`. This project's own naive
pipeline needs no adapter: `assistant evaluate --pipeline naive`.
"""
