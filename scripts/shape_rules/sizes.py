"""Files of at most 300 lines, functions of at most 35: a comment may say why one is longer."""
import ast
import re

from .source import item_end

FILE_LINES = 300
FUNCTION_LINES = 35
FILE_REASON = f"longer than {FILE_LINES} lines because"
FUNCTION_REASON = f"longer than {FUNCTION_LINES} lines because"

RUST_FUNCTION = re.compile(r"\bfn\s+([\w$]+)")
# Lines that may stand between a reason and the function: comments, attributes and decorators.
BEFORE_FUNCTION = re.compile(r"\s*(//|#|@)")


def check_files(sources):
    for source in sources:
        count = 0 if source.is_document else len(source.text.splitlines())
        if count > FILE_LINES and FILE_REASON not in "\n".join(source.lines[:5]):
            yield source.path, 1, f"{count} lines, more than {FILE_LINES}", False


def rust_functions(source):
    """Each function's name, first line, last line, and whether it is a test's."""
    for match in RUST_FUNCTION.finditer(source.code):
        end = item_end(source.code, match.start())
        yield match[1], source.line_of(match.start()), source.line_of(end - 1), source.is_test(match.start())


def python_functions(source):
    for node in ast.walk(ast.parse(source.text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno, source.is_test_file


def has_reason(source, line):
    above = line - 1
    while above > 0 and BEFORE_FUNCTION.match(source.lines[above - 1]):
        if FUNCTION_REASON in source.lines[above - 1]:
            return True
        above -= 1
    return False


def functions(source):
    if source.is_rust:
        return rust_functions(source)
    return python_functions(source) if source.is_python else ()


def check_functions(sources):
    for source in sources:
        for name, first, last, is_test in functions(source):
            count = last - first + 1
            if count > FUNCTION_LINES and not has_reason(source, first):
                yield source.path, first, f"fn {name}: {count} lines, more than {FUNCTION_LINES}", is_test
