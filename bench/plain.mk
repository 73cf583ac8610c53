# The baseline of `make bench`: what an office without junheng's batch would write. papermill, nbconvert and soffice once a
# county over the same notebook, with the same outputs. Called by bench/bench.py, which gives every variable.
STEMS ?=
.PHONY: all
all: $(STEMS:%=$(OUT)/%/.done)

$(OUT)/%/.done:
	mkdir -p $(OUT)/$*/evidence
	$(BIN)/papermill --no-progress-bar --log-level ERROR $(ROOT)/notebooks/county_report.ipynb $(OUT)/$*/evidence/notebook.ipynb \
		-r COUNTY $(firstword $(subst _, ,$*)) -p YEAR $(YEAR) -p DATA_DIR $(ROOT)/data -p PARAMS_DIR $(ROOT)/params -p OUT_DIR $(OUT)/$*
	$(BIN)/jupyter nbconvert --log-level ERROR --to html $(OUT)/$*/evidence/notebook.ipynb
	FONTCONFIG_FILE=$(FONTS) soffice -env:UserInstallation=file://$(OUT)/$*.profile --headless \
		--convert-to pdf --outdir $(OUT)/$* $(OUT)/$*/*.docx >/dev/null 2>&1
	rm -rf $(OUT)/$*.profile
	touch $@
