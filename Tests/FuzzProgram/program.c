// A program needs a file of its own. Its main is libFuzzer's, what that calls is in FuzzTargets.
