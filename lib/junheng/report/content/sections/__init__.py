"""The sections of 督导评估报告 (FORMS.md report 1): each turns a `Context` into blocks of content."""
