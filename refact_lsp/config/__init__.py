"""Files, environment and editor options into typed settings; where our own files live."""
