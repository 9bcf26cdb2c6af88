# 万州区法律援助案件质量评估：一条命令一件事。需要 Python 3.11 以上（含 venv）和 make。
PYTHON ?= python3
PORT ?= 8000
ONLY ?=
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

.PHONY: help run serve test check format bench install install-dev lock

help:
	@echo 'make run      演练：安装依赖，启动内置数据库和网页（PORT=8000）'
	@echo 'make serve    正式运行：环境变量见 .env.example'
	@echo 'make test     全部测试（真实 PostgreSQL）；ARGS 传给 pytest'
	@echo 'make check    格式、静态检查、类型、依赖方向、模板、迁移，再加 make test'
	@echo 'make format   整理格式'
	@echo 'make bench    性能表（ONLY=import 只跑一部分）'

run: install
	@WANZHOU_REHEARSAL=1 exec $(BIN)/python manage.py rehearse --port $(PORT)

serve: install
	@WANZHOU_REHEARSAL=0 exec $(BIN)/python manage.py serve --port $(PORT)

test: install-dev
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: install-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports --no-cache
	$(BIN)/djangofmt --check --quiet templates
	$(BIN)/djlint --quiet templates
	@WANZHOU_REHEARSAL=1 $(BIN)/python manage.py makemigrations --check --dry-run
	@$(MAKE) --no-print-directory test

format: install-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djangofmt --quiet templates

bench: install-dev
	@ONLY='$(ONLY)' $(BIN)/python -m tests.bench

install:
	@$(call installed,requirements.txt)

install-dev:
	@$(call installed,requirements-dev.txt)

# Extras stay in the lock: pip 23 looks for the newest release of a package asked for with an extra
# where the lock names it without, and then refuses it for want of a hash.
lock: install-dev
	$(PIP) uv
	$(BIN)/uv pip compile --universal --no-strip-extras --generate-hashes --no-header --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile --universal --no-strip-extras --generate-hashes --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt

# The copy of the lock inside the environment says what is installed: a second run needs no network.
define installed
test -x $(BIN)/pip || { \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo '需要 Python 3.11 以上：请安装后重试，或用 PYTHON=/路径/python3.11 make … 指明。' >&2; exit 1; }; \
	$(PYTHON) -m venv .venv \
	    || { rm -rf .venv; echo '建立虚拟环境失败。Debian 请先运行：apt-get install python3-venv' >&2; exit 1; }; }; \
cmp -s $(1) .venv/$(1) || { \
	echo '正在安装依赖（首次约一分钟）……'; \
	$(PIP) --require-hashes -r $(1) \
	    || { echo '安装依赖失败，原因见上。首次运行需要能访问 Python 软件源。' >&2; exit 1; }; \
	cp $(1) .venv/$(1); }
endef
