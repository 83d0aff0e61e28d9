"""Pages of this app."""

from django.urls import URLPattern, URLResolver, include, path

from judging.views import benchmark_branches, benchmark_pairs, benchmarks, datasets, judges, runs

dataset_urls = [
    path("", datasets.dataset_list, name="dataset_list"),
    path("<int:pk>/", datasets.dataset_detail, name="dataset_detail"),
    path("<int:pk>/items/<int:position>/", datasets.item_detail, name="item_detail"),
]
benchmark_urls = [
    path("", benchmarks.benchmark_list, name="benchmark_list"),
    path("start/", benchmarks.benchmark_start, name="benchmark_start"),
    path("fetch/", benchmarks.benchmark_fetch, name="benchmark_fetch"),
    path("branches/", benchmark_branches.benchmark_branches, name="benchmark_branches"),
    path("<int:pk>/", benchmarks.benchmark_detail, name="benchmark_detail"),
    path("<int:pk>/items/", benchmarks.benchmark_items, name="benchmark_items"),
    path("<int:pk>/pairs/", benchmark_pairs.benchmark_pairs, name="benchmark_pairs"),
    path("<int:pk>/compare/", benchmarks.benchmark_compare, name="benchmark_compare"),
    path("<int:pk>/document/", benchmarks.benchmark_document, name="benchmark_document"),
    path("<int:pk>/cancel/", benchmarks.benchmark_cancel, name="benchmark_cancel"),
    path("<int:pk>/resume/", benchmarks.benchmark_resume, name="benchmark_resume"),
]
run_urls = [
    path("", runs.run_list, name="run_list"),
    path("start/", runs.run_start, name="run_start"),
    path("<int:pk>/", runs.run_detail, name="run_detail"),
    path("<int:pk>/items/", runs.run_items, name="run_items"),
    path("<int:pk>/stability/", runs.run_stability, name="run_stability"),
    path("<int:pk>/cancel/", runs.run_cancel, name="run_cancel"),
    path("<int:pk>/retry/", runs.run_retry, name="run_retry"),
    path("<int:pk>/resume/", runs.run_resume, name="run_resume"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("datasets/", include(dataset_urls)),
    path("benchmarks/", include(benchmark_urls)),
    path("judges/<int:pk>/try/", judges.judge_try, name="judge_try"),
    path("runs/", include(run_urls)),
]
