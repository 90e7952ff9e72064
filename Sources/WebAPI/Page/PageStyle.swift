/// The page's style: light and dark, from a phone's width up. Colours of text reach a contrast of 4.5 to 1 and
/// those of bars 3 to 1 against their ground (WCAG 2.2, 1.4.3 and 1.4.11), in both schemes; the bars' are chosen
/// to be told apart by the colour-blind.
enum PageStyle {
  /// The SHA-256 of `css` in Base64, by which a browser knows that no other style came into the page
  /// (CSP Level 3, 8.4).
  static let hash = "guLl1hySYvlJIILckMcQ3cEsrQFQpRpLEnoqL4HEW5I="

  static let css: StaticString = """
    :root{--ground:#f6f7f9;--card:#fff;--text:#1b2330;--quiet:#566072;--line:#dde1e8;--link:#0b57c2;\
    --good:#11683a;--good-ground:#e2f4e9;--bad:#a3200f;--bad-ground:#fdebe7;--s0:#2166b0;--s1:#c2570c;\
    --s2:#0b7a6b;--s3:#8a3ea8;--s4:#8f6a00;--s5:#b8306b;--s6:#3f6f1c;--rest:#757d8a}
    @media (prefers-color-scheme:dark){:root{--ground:#11151c;--card:#1a202a;--text:#e6e9ef;--quiet:#a3adbd;\
    --line:#323b49;--link:#8ab8ff;--good:#7fdba6;--good-ground:#143222;--bad:#ffab9c;--bad-ground:#43201a;\
    --s0:#6aaef5;--s1:#f0964e;--s2:#43c3b1;--s3:#cb90e4;--s4:#d9b13b;--s5:#f082b0;--s6:#94c666;--rest:#8d97a6}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:64rem;padding:1rem;background:var(--ground);color:var(--text);\
    font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
    a{color:var(--link)}a:focus-visible,[tabindex]:focus-visible,summary:focus-visible\
    {outline:3px solid var(--link);outline-offset:2px}
    h1,h2,p,dl,dd,ul,figure{margin:0}h2{font-size:1.05rem;margin-bottom:.6rem}
    .bar{display:flex;justify-content:space-between;gap:1rem;align-items:baseline}
    nav{display:flex;gap:1rem}.brand{font-weight:700;letter-spacing:.01em}
    .state{display:flex;gap:.7rem;align-items:center;font-size:1.7rem;line-height:1.2;margin:.9rem 0 .3rem}
    .state span{flex:none;width:2.2rem;height:2.2rem;border-radius:50%;display:grid;place-items:center;font-size:1.3rem}
    .state.good span{color:var(--good);background:var(--good-ground)}
    .state.bad span{color:var(--bad);background:var(--bad-ground)}
    .quiet{color:var(--quiet);font-size:.9rem}
    section{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:1rem;margin-top:1rem}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr));gap:1rem}
    dt{color:var(--quiet);font-size:.9rem}.figure{font-size:1.4rem;font-weight:650;line-height:1.3}
    .alerts,.legend,.commands{list-style:none;padding:0}
    .alerts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:.6rem}
    .alerts li{border-left:.3rem solid var(--good);padding:.1rem 0 .1rem .8rem}
    .alerts .bad{border-color:var(--bad);background:var(--bad-ground);border-radius:0 .4rem .4rem 0;padding:.6rem .8rem}
    .alerts p{font-size:.95rem}.alerts .mark{float:right;font-size:.85rem;font-weight:600;color:var(--good)}
    .alerts .bad .mark{color:var(--bad)}.advice{margin-top:.4rem;font-weight:500}
    code{font:.85em ui-monospace,monospace}p code{color:var(--quiet)}.bad p code{color:inherit}
    .commands li{margin-top:.3rem}
    .legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:.5rem 0;font-size:.9rem}
    .legend li{display:flex;align-items:center;gap:.4rem}.legend svg{width:.8rem;height:.8rem;flex:none}
    figure svg{display:block;width:100%;height:auto}.grid{stroke:var(--line);stroke-width:1}
    .axis{fill:var(--quiet);font-size:11px}
    .s0{fill:var(--s0)}.s1{fill:var(--s1)}.s2{fill:var(--s2)}.s3{fill:var(--s3)}.s4{fill:var(--s4)}\
    .s5{fill:var(--s5)}.s6{fill:var(--s6)}.rest{fill:var(--rest)}
    details{margin-top:.5rem}summary{cursor:pointer;color:var(--link);font-size:.9rem}
    .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem;overflow-wrap:normal}
    caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    th,td{text-align:left;padding:.35rem .8rem .35rem 0;border-top:1px solid var(--line);vertical-align:top}
    thead th{border-top:0;color:var(--quiet);font-weight:500}tbody th{font-weight:500;white-space:nowrap}
    td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    td:last-child,th:last-child{padding-right:0}
    progress{width:100%;height:.9rem;accent-color:var(--s0)}
    footer{margin:1rem 0}
    @media (max-width:30rem){.axis{font-size:20px}.state{font-size:1.4rem}body{padding:.75rem}}
    """
}
