# Wraps the command line of junheng and the developers' tools. `make` alone prints help.
SHELL := /bin/sh
.DEFAULT_GOAL := help

YEAR ?= 2024
COUNTIES ?=
COUNTY ?=
JOBS ?=
FORCE ?=
WHY ?=
MEMORY ?=
EXTERNAL ?=
TODAY ?=
PDF ?=
DATA ?=
OUT ?=
PARAMS ?=
REPORTS ?=
LAB_ROOT ?=
LAB_ARGS ?=
PYTEST_ARGS ?= -n 2 --dist loadfile

BIN := .venv/bin
comma := ,
# What a user gives reaches the program as it was typed: neither make nor the shell expands a `$` in it.
quoted = '$(subst ','\'',$(1))'
given = $(call quoted,$(value $(1)))
option = $(if $(value $(2)),$(1) $(call given,$(2)))
# The program takes the shell's place, so that a signal for make's child is one for the program.
JUNHENG = exec $(BIN)/junheng
FOLDERS = $(call option,--data,DATA) $(call option,--out,OUT) $(call option,--params,PARAMS)
LEAVING = $(if $(EXTERNAL),--external)
FORM = $(call option,--pdf,PDF)
BATCH = $(FOLDERS) $(LEAVING) $(FORM) $(call option,--reports,REPORTS) $(call option,--jobs,JOBS) $(if $(FORCE),--force) $(if $(WHY),--why) $(LIMITS)
LIMITS = $(call option,--memory,MEMORY)
# COUNTY= means one county wherever several may be named: it must never be passed over in silence.
CHOSEN = $(foreach county,$(subst $(comma), ,$(value COUNTIES) $(value COUNTY)),--county $(call quoted,$(county)))
# One file or folder whose name may have blanks in it, else several or a pattern.
SOURCES = $(if $(shell test -e $(call given,SRC) && echo one),$(call given,SRC),$(SEVERAL))
SEVERAL = $(foreach source,$(or $(wildcard $(value SRC)),$(value SRC)),$(call quoted,$(source)))
# Settings of another Python would keep this one from starting.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP

.PHONY: help setup reports report verify city status check template import lab year notebook notebook-diff notebook-update notebooks-seal test test-fast lint bench bench-scale demo golden clean lock need-county

help: ## 显示本帮助
	@echo "用法：make 目标 [YEAR=2024] [COUNTIES=370883,任城区] [COUNTY=370883] [JOBS=2] [FORCE=1] [WHY=1] [EXTERNAL=1] [PDF=draft] [DATA=目录] [OUT=目录] [PARAMS=目录] [REPORTS=assessment,self或all]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "%-22s%s\n", $$1, $$2 }'

setup: ## 准备运行环境（其他目标会自动调用，已就绪时不再重复）
	@scripts/bootstrap.sh

reports: setup ## 生成某年度各县（市、区）报告，如 make reports YEAR=2024；COUNTIES= 可限定若干县
	@$(JUNHENG) run --year $(call given,YEAR) $(CHOSEN) $(BATCH)

report: need-county setup ## 生成一个县（市、区）的报告，如 make report COUNTY=370883 YEAR=2024
	@$(JUNHENG) run --year $(call given,YEAR) --county $(call given,COUNTY) $(BATCH)

city: setup ## 生成某年度全市汇总报告和离线网页，如 make city YEAR=2024
	@$(JUNHENG) city --year $(call given,YEAR) $(FOLDERS) $(LEAVING) $(FORM) $(if $(FORCE),--force) $(LIMITS)

status: setup ## 显示各县（市、区）年度工作进度、下一时限和逾期事项，如 make status YEAR=2024；TODAY= 可指定日期
	@$(JUNHENG) status --year $(call given,YEAR) $(call option,--today,TODAY) $(FOLDERS)

verify: setup ## 重新计算已发布的报告，说明哪些不一致、差在哪里，如 make verify YEAR=2024
	@$(JUNHENG) verify --year $(call given,YEAR) $(CHOSEN) $(FOLDERS) $(LEAVING) $(call option,--jobs,JOBS) $(LIMITS)

check: setup ## 核查某年度采集工作簿，把标出问题的工作簿存入 outputs/年度/问题反馈
	@$(JUNHENG) check --year $(call given,YEAR) $(CHOSEN) $(FOLDERS)

template: setup ## 生成某年度空白采集表，如 make template YEAR=2025，存入 outputs/年度/采集表
	@$(JUNHENG) template --year $(call given,YEAR) $(CHOSEN) $(FOLDERS)

import: need-county setup ## 把统计宽表、基层统计调查表导入为采集工作簿，如 make import SRC=宽表目录 COUNTY=邹城市
	@$(JUNHENG) import $(SOURCES) --year $(call given,YEAR) --county $(call given,COUNTY) $(call option,--mapping,MAPPING) $(FOLDERS) $(if $(FORCE),--force)

lab: setup ## 用 JupyterLab 打开分析笔记本（标准笔记本的草稿；文件浏览器从项目目录开始）
	@$(BIN)/python -m junheng.lab.server $(call quoted,$(or $(value LAB_ROOT),$(CURDIR)))
	@JUPYTER_CONFIG_PATH=$(call quoted,$(CURDIR)/lab) exec $(BIN)/jupyter lab $(call quoted,$(or $(value LAB_ROOT),$(CURDIR))) $(LAB_ARGS)

year: setup ## 建立新年度的参数，如 make year YEAR=2025
	@$(JUNHENG) year --year $(call given,YEAR) $(FOLDERS)

notebook: need-county setup ## 为情况特殊的县建立自己的笔记本，如 make notebook COUNTY=邹城市 YEAR=2024
	@$(JUNHENG) notebook new --year $(call given,YEAR) --county $(call given,COUNTY) $(FOLDERS)

notebook-diff: need-county setup ## 列出某县笔记本与标准笔记本的差别
	@$(JUNHENG) notebook diff --year $(call given,YEAR) --county $(call given,COUNTY) $(FOLDERS)

notebook-update: need-county setup ## 把新的标准笔记本合并进某县笔记本
	@$(JUNHENG) notebook update --year $(call given,YEAR) --county $(call given,COUNTY) $(FOLDERS)

notebooks-seal: setup ## 把现有的标准笔记本确认为正式版本（开发者用）
	@$(JUNHENG) notebook seal

test: setup ## 运行全部测试
	@scripts/bootstrap.sh test
	@exec $(BIN)/pytest $(PYTEST_ARGS)

test-fast: setup ## 只运行快的单元测试（双核约一分钟，不含整批运行、打包、浏览器等）
	@exec $(BIN)/pytest $(PYTEST_ARGS) -m "not e2e and not slow and not whole"

lint: setup ## 检查代码与笔记本的规范
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/check_notebooks.py

bench: setup ## 测速：与逐县调用的普通做法比较，结果写入 bench/results.json（请在空闲的机器上运行）
	@exec $(BIN)/python bench/bench.py

bench-scale: setup ## 测量14、70、140个县（市、区）时的时间和内存，结果写入 bench/scale.json
	@exec $(BIN)/python bench/scale.py

demo: setup ## 重新生成演示数据（data/ 中的演示工作簿）
	@exec $(BIN)/python scripts/make_demo.py

golden: setup ## 按当前措辞重新写出样本文档（开发者用，差异须评审）
	@$(BIN)/python -m tests.golden.documents
	@$(BIN)/python scripts/frames_doc.py

.PHONY: package receive verify-package

package: setup ## 把已发布的报告打包发给各县（市、区），如 make package YEAR=2024；DATE= 写明发送日期
	@$(JUNHENG) package --year $(call given,YEAR) $(CHOSEN) $(FOLDERS) $(call option,--date,DATE) $(LEAVING)

receive: setup ## 登记回执，如 make receive FILE=回执.xlsx，或 COUNTY=邹城市 DATE=2025年5月6日 BY=张三
	@$(JUNHENG) receive --year $(call given,YEAR) $(if $(value FILE),--file $(call given,FILE),--county $(call given,COUNTY) --date $(call given,DATE) --by $(call given,BY)) $(FOLDERS)

verify-package: setup ## 核对发送包是否完整、由谁签名、有无改动，如 make verify-package FILE=包.zip
	@$(JUNHENG) verify-package --file $(call given,FILE) $(FOLDERS)

clean: ## 清除缓存和临时文件（不删除数据、参数和已发布的报告）
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find lib scripts tests $(wildcard notebooks) -depth \( -name __pycache__ -o -name .ipynb_checkpoints \) -exec rm -rf {} +

lock: setup ## 按 pyproject.toml 重新锁定依赖版本（开发者用）
	@scripts/uv.sh pip compile pyproject.toml --quiet --group dev --universal --python-version 3.11 \
		--fork-strategy fewest --generate-hashes --no-header --no-emit-index-url --output-file requirements.lock

need-county:
	@test -n $(call given,COUNTY) || { echo "请用 COUNTY= 指明县（市、区）的代码或名称，如 make report COUNTY=370883。" >&2; exit 2; }
