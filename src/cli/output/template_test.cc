#include "cli/output/template.h"

#include <gtest/gtest.h>

namespace isle::cli {
namespace {

constexpr const char* kDocument = R"({
  "Id": "abc", "Name": "web", "Size": 12, "Ratio": 1.5, "On": true, "None": null,
  "Config": {"Env": ["A=1", "B=2"], "Labels": {"b.c": "x", "a": "y"}, "Cmd": []},
  "Rows": [{"N": 1, "T": "one"}, {"N": 2, "T": "two"}, {"N": 3, "T": "three"}]
})";

std::string shown(std::string_view text) {
  const auto made = Template::parse(text);
  if (!made) return "error: " + made.error().message;
  const auto output = made->run(MUST(json::parse(kDocument)));
  return output ? *output : "error: " + output.error().message;
}

TEST(Template, TextAndFields) {
  EXPECT_EQ(shown("plain"), "plain");
  EXPECT_EQ(shown("{{.Id}}-{{ .Name }}"), "abc-web");
  EXPECT_EQ(shown("{{.Config.Env}} {{.Config.Labels}}"), "[A=1 B=2] map[a:y b.c:x]");
  EXPECT_EQ(shown("{{.Size}} {{.Ratio}} {{.On}} {{.None}}"), "12 1.5 true <no value>");
  EXPECT_EQ(shown("a\\tb\\n{{.Id}}"), "a\tb\nabc");
}

TEST(Template, FieldsInOtherCase) { EXPECT_EQ(shown("{{.ID}} {{.config.env}}"), "abc [A=1 B=2]"); }

TEST(Template, WhiteSpaceIsTrimmed) {
  EXPECT_EQ(shown("a  {{- .Id -}}  b"), "aabcb");
  EXPECT_EQ(shown("a {{/* nothing */}}b"), "a b");
  EXPECT_EQ(shown("a {{- /* nothing */ -}} b"), "ab");
  EXPECT_EQ(shown("{{-3}}"), "-3");
}

TEST(Template, Conditions) {
  EXPECT_EQ(shown("{{if .On}}yes{{else}}no{{end}}"), "yes");
  EXPECT_EQ(shown("{{if .None}}a{{else if eq .Size 12}}b{{else}}c{{end}}."), "b.");
  EXPECT_EQ(shown("{{if .None}}a{{else if .Config.Cmd}}b{{else if .None}}d{{else}}c{{end}}."),
            "c.");
  EXPECT_EQ(shown("{{if and .On (not .None)}}x{{end}}"), "x");
  EXPECT_EQ(shown("{{or .None .Name}} {{and .On .Size}}"), "web 12");
  EXPECT_EQ(shown("{{with .Config}}{{len .Env}}{{end}}{{with .None}}x{{else}}-{{end}}"), "2-");
}

TEST(Template, Ranges) {
  EXPECT_EQ(shown("{{range .Config.Env}}[{{.}}]{{end}}"), "[A=1][B=2]");
  EXPECT_EQ(shown("{{range $i, $e := .Config.Env}}{{$i}}={{$e}};{{end}}"), "0=A=1;1=B=2;");
  EXPECT_EQ(shown("{{range $k, $v := .Config.Labels}}{{$k}}:{{$v}} {{end}}"), "a:y b.c:x ");
  EXPECT_EQ(shown("{{range .Config.Cmd}}x{{else}}none{{end}}"), "none");
  EXPECT_EQ(shown("{{range .Rows}}{{if eq .N 2}}{{continue}}{{end}}{{.T}} {{end}}"), "one three ");
  EXPECT_EQ(shown("{{range .Rows}}{{if eq .N 2}}{{break}}{{end}}{{.T}} {{end}}"), "one ");
  EXPECT_EQ(shown("{{range .Rows}}{{$.Name}}{{end}}"), "webwebweb");
}

TEST(Template, Variables) {
  EXPECT_EQ(shown("{{$x := .Size}}{{$x}}{{$x = 3}}{{$x}}"), "123");
  EXPECT_EQ(shown("{{$n := 0}}{{range .Rows}}{{$n = .N}}{{end}}{{$n}}"), "3");
  EXPECT_EQ(shown("{{$r := .Config}}{{$r.Env}}"), "[A=1 B=2]");
}

TEST(Template, Functions) {
  EXPECT_EQ(shown("{{json .Config.Env}} {{json .None}}"), "[\"A=1\",\"B=2\"] null");
  EXPECT_EQ(shown("{{index .Config.Env 1}} {{index .Config.Labels \"b.c\"}}"), "B=2 x");
  EXPECT_EQ(shown("[{{index .Config.Labels \"none\"}}]"), "[]");
  EXPECT_EQ(shown("{{(index .Rows 1).T}}"), "two");
  EXPECT_EQ(shown("{{join .Config.Env \", \"}} {{.Name | upper | printf \"<%s>\"}}"),
            "A=1, B=2 <WEB>");
  EXPECT_EQ(shown("{{title \"some words\"}} {{lower `ABC`}} {{len .Name}}"), "Some Words abc 3");
  EXPECT_EQ(shown("{{split \"a,b\" \",\"}} {{truncate .Name 2}} {{slice .Name 1 2}}"),
            "[a b] we e");
  EXPECT_EQ(shown("{{println .Name 1}}{{print 1 2 \"a\" 3}}"), "web 1\n1 2a3");
  EXPECT_EQ(shown("{{eq .Name \"db\" \"web\"}} {{lt .Size 13}} {{ge .Ratio 2}} {{ne 1 1}}"),
            "true true false false");
}

TEST(Template, Printf) {
  EXPECT_EQ(shown("{{printf \"%-6s|%4d|%04d|%x|%q|%v|%%\" .Name 7 7 255 .Id .On}}"),
            "web   |   7|0007|ff|\"abc\"|true|%");
  EXPECT_EQ(shown("{{printf \"%.2f %.1s\" .Ratio .Name}}"), "1.50 w");
}

TEST(Template, ErrorsNameTheColumn) {
  EXPECT_EQ(shown("{{.Nme}}").substr(0, 52),
            "error: --format: column 3: there is no field \"Nme\": ");
  EXPECT_EQ(shown("ab{{.Id"), "error: --format: column 3: the action {{ is not closed by }}");
  EXPECT_EQ(shown("{{if .On}}x"), "error: --format: column 1: if without its {{end}}");
  EXPECT_EQ(shown("x{{end}}"),
            "error: --format: column 2: {{end}} without an if, range or with before it");
  EXPECT_EQ(shown("{{foo .Id}}"), "error: --format: column 3: there is no function \"foo\"");
  EXPECT_EQ(shown("{{template \"x\"}}"), "error: --format: column 1: template is not supported");
  EXPECT_EQ(shown("{{index .Config.Env 5}}"),
            "error: --format: column 3: index: 5 is out of range, there are 2");
  EXPECT_EQ(shown("{{eq .Name 1}}"),
            "error: --format: column 3: eq: a string cannot be compared with a number");
  EXPECT_EQ(shown("{{\"a}}"), "error: --format: column 3: the text is not closed by \"");
  EXPECT_EQ(shown("{{.Name.First}}"),
            "error: --format: column 3: \"First\" is asked of a string, which has no fields");
  EXPECT_EQ(shown("{{break}}"), "error: --format: column 1: break outside of a range");
  EXPECT_EQ(shown("{{printf \"%d\" .Name}}"),
            "error: --format: column 3: printf: %d is given a string");
  EXPECT_EQ(shown("{{$x}}"), "error: --format: column 3: there is no variable \"$x\"");
  EXPECT_EQ(shown("{{.Id .Name}}"),
            "error: --format: column 3: arguments are given to what is no function");
}

TEST(Template, DepthIsLimited) {
  std::string nested;
  for (int i = 0; i < 5000; ++i) nested += "{{if .On}}";
  EXPECT_NE(shown(nested).find("nested too deep"), std::string::npos);
  std::string chain = "{{if .On}}";
  for (int i = 0; i < 5000; ++i) chain += "{{else if .On}}";
  EXPECT_NE(shown(chain).find("nested too deep"), std::string::npos);
  const std::string open(5000, '(');
  EXPECT_NE(shown("{{" + open + "1" + std::string(5000, ')') + "}}").find("nested too deep"),
            std::string::npos);
}

}  // namespace
}  // namespace isle::cli
