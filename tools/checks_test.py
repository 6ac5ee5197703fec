"""The checks find what they exist for. Run by `make test` through pytest."""

import check_coroutines
import check_layers
import pytest


def forms_in(text):
    return [name for _, statement in check_coroutines.statements(text)
            for pattern, name in check_coroutines.FORMS if pattern.search(statement)]


@pytest.mark.parametrize("text, name", [
    ("{\n int a = co_await take(Aggregate{make_shared<int>(3)});\n}", "aggregate temporary in a co_await expression"),
    ("{\n co_await take({.p = 1});\n}", "braced temporary in a co_await expression"),
    ("{\n co_await write(job, [&done] { ++done; });\n}", "lambda in a co_await expression"),
    ("{\n x = c ? co_await f() : 0;\n}", "co_await inside ?:"),
    ("{\n if (a && co_await f()) {}\n;}", "co_await inside && or ||"),
    ("{\n EXPECT_EQ(co_await f(), 1);\n}", "co_await in a test macro"),
    ("{ co_await f(co_await g()); }", "two co_await in one statement"),
])
def test_refuses_a_hazardous_form(text, name):
    assert forms_in(text) == [name]


@pytest.mark.parametrize("text", [
    "{\n auto options = Options{1};\n co_await take(std::move(options));\n}",
    "{\n co_await collect(warehouse, {});\n}",
    '{\n // co_await f(co_await g());\n auto s = "co_await f(co_await g())";\n}',
    "{\n EXPECT_EQ(failure_of([&]() -> awaitable<void> { co_await f(); }), 1);\n}",
])
def test_accepts_a_plain_form(text):
    assert forms_in(text) == []


def test_refuses_an_upward_include():
    problems = list(check_layers.problems_of("io/reader.cpp", '#include "content/object_store.hpp"\n'))
    assert problems == ["io/reader.cpp:1: io (layer 1) includes content/object_store.hpp of layer 3"]


def test_refuses_a_sideways_include():
    problems = list(check_layers.problems_of("content/verify.cpp", '#include "distribution/registry_client.hpp"\n'))
    assert problems == ["content/verify.cpp:1: content includes its sibling distribution"]


def test_accepts_a_downward_include():
    assert list(check_layers.problems_of("content/verify.cpp", '#include "io/reader.hpp"\n')) == []
