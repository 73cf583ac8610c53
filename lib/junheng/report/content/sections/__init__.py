"""The sections of 督导评估报告 (FORMS.md report 1): each turns a `CountyContext` into blocks of content."""
