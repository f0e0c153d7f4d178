import Charts
import Mustache

extension ReportPage {
  /// The page as one HTML document that loads nothing from anywhere; the same page gives the same
  /// text.
  ///
  /// It is well-formed XML as well, so that programs may read it.
  public var html: String {
    guard let text = Templates.library.render(view, withTemplate: "page") else {
      preconditionFailure("the template of the page is there")
    }
    return text
  }

  private var view: [String: Any] {
    [
      "style": PageParts.styleSheet + Templates.style, "script": PageParts.tableScript,
      "policy": PageParts.contentSecurityPolicy,
      "title": title, "subtitle": subtitle, "tone": tone.rawValue, "headline": headline,
      "findings": findings, "hasFindings": !findings.isEmpty,
      "advice": advice, "hasAdvice": !advice.isEmpty,
      "hasFigures": !figures.isEmpty,
      "figures": figures.map { figure in
        [
          "name": figure.name, "value": figure.value, "interval": figure.interval ?? false,
          "note": figure.note,
        ] as [String: Any]
      },
      "sections": sections.map(\.view),
      "hasOmissions": !omissions.isEmpty,
      "omissions": omissions.map { ["title": $0.title, "reason": $0.reason] },
      "footer": footer,
    ]
  }
}

extension ReportSection {
  fileprivate var view: [String: Any] {
    [
      "id": id, "title": title, "statement": statement, "guide": guide.isEmpty ? false : guide,
      "blocks": blocks.map(\.view),
    ]
  }
}

extension ReportBlock {
  /// One key says what the block is; templates look for it in the block itself, not around it.
  fileprivate var view: [String: Any] {
    switch self {
    case .heading(let text): ["heading": text]
    case .paragraph(let text): ["paragraph": text]
    case .list(let lines): ["list": ["lines": lines]]
    case .figures(let markup): ["figures": ["all": markup]]
    case .lines(let lines):
      [
        "lineBox": [
          "all": lines.map { ["name": $0.name, "markup": $0.markup, "note": $0.note] }
        ]
      ]
    case .table(let table): ["table": table.view]
    case .facts(let facts):
      ["facts": ["all": facts.map { ["name": $0.name, "value": $0.value] }]]
    case .folded(let title, let blocks):
      ["folded": ["title": title, "blocks": blocks.map(\.view)] as [String: Any]]
    case .card(let title, let blocks):
      ["card": ["title": title, "blocks": blocks.map(\.view)] as [String: Any]]
    }
  }
}

extension ReportTable {
  fileprivate var view: [String: Any] {
    [
      "caption": caption, "isInteractive": isInteractive,
      "columns": columns.map {
        ["title": $0.title, "number": $0.content == .numbers] as [String: Any]
      },
      "rows": rows.map { cells in
        [
          "cells": zip(columns, cells).enumerated().map { place, pair in
            [
              "text": pair.1.text, "number": pair.0.content == .numbers,
              "wide": pair.0.content == .sentences, "first": place == 0,
              "value": pair.1.sortValue.flatMap { $0.isFinite ? "\($0)" : nil } ?? false,
            ] as [String: Any]
          }
        ]
      },
    ]
  }
}

/// What pages are made of, kept in the program itself.
private enum Templates {
  static let style = String(decoding: PackageResources.report_css, as: UTF8.self)

  static let library: MustacheLibrary = {
    MustacheContentTypes.register(EscapedText(), named: EscapedText.name)
    var library = MustacheLibrary()
    for (name, bytes) in [
      ("page", PackageResources.page_mustache), ("block", PackageResources.block_mustache),
      ("table", PackageResources.table_mustache),
    ] {
      do {
        // In each of them, since a template within another begins with the usual escaping.
        let text =
          "{{% CONTENT_TYPE: \(EscapedText.name) }}" + String(decoding: bytes, as: UTF8.self)
        try library.register(text, named: name)
      } catch {
        preconditionFailure("the template \(name) is wrong: \(error)")
      }
    }
    return library
  }()
}
