.PHONY: build test check demo

build:
	Scripts/setup
	swift build -c release

test:
	Scripts/test

check:
	Scripts/check-format

demo:
	Scripts/demo
