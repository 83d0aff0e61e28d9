"""Pages of this app."""

from django.urls import URLPattern, path

from judging.views import benchmark_branches, benchmark_pairs, benchmarks, datasets, judges, runs

urlpatterns: list[URLPattern] = [
    path("datasets/", datasets.dataset_list, name="dataset_list"),
    path("datasets/<int:pk>/", datasets.dataset_detail, name="dataset_detail"),
    path("datasets/<int:pk>/items/<int:position>/", datasets.item_detail, name="item_detail"),
    path("benchmarks/", benchmarks.benchmark_list, name="benchmark_list"),
    path("benchmarks/start/", benchmarks.benchmark_start, name="benchmark_start"),
    path("benchmarks/fetch/", benchmarks.benchmark_fetch, name="benchmark_fetch"),
    path("benchmarks/branches/", benchmark_branches.benchmark_branches, name="benchmark_branches"),
    path("benchmarks/<int:pk>/", benchmarks.benchmark_detail, name="benchmark_detail"),
    path("benchmarks/<int:pk>/items/", benchmarks.benchmark_items, name="benchmark_items"),
    path("benchmarks/<int:pk>/pairs/", benchmark_pairs.benchmark_pairs, name="benchmark_pairs"),
    path("benchmarks/<int:pk>/compare/", benchmarks.benchmark_compare, name="benchmark_compare"),
    path("benchmarks/<int:pk>/document/", benchmarks.benchmark_document, name="benchmark_document"),
    path("benchmarks/<int:pk>/cancel/", benchmarks.benchmark_cancel, name="benchmark_cancel"),
    path("benchmarks/<int:pk>/resume/", benchmarks.benchmark_resume, name="benchmark_resume"),
    path("judges/<int:pk>/try/", judges.judge_try, name="judge_try"),
    path("runs/", runs.run_list, name="run_list"),
    path("runs/start/", runs.run_start, name="run_start"),
    path("runs/<int:pk>/", runs.run_detail, name="run_detail"),
    path("runs/<int:pk>/items/", runs.run_items, name="run_items"),
    path("runs/<int:pk>/stability/", runs.run_stability, name="run_stability"),
    path("runs/<int:pk>/cancel/", runs.run_cancel, name="run_cancel"),
    path("runs/<int:pk>/retry/", runs.run_retry, name="run_retry"),
    path("runs/<int:pk>/resume/", runs.run_resume, name="run_resume"),
]
