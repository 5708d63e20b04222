/// <reference path="../../../../src/ui/css.d.ts" />
