/// The page's style: light and dark, from a phone's width up. Colours of text reach a contrast of 4.5 to 1 and
/// those of bars 3 to 1 against their ground (WCAG 2.2, 1.4.3 and 1.4.11), in both schemes; the bars' are chosen
/// as far apart as they can be for normal, protanopic, deuteranopic and tritanopic eyes, each pair of them.
enum PageStyle {
  /// The SHA-256 of `css` in Base64, by which a browser knows that no other style came into the page
  /// (CSP Level 3, 8.4).
  static let hash = "tEUwrcUpPqVmw2RNKMbPhHbUMBINI0Vva357sMikSq0="

  static let css: StaticString = """
    :root{color-scheme:light dark;--ground:#f4f6f9;--card:#fff;--text:#18202c;--quiet:#566072;--line:#e1e5eb;\
    --link:#0b57c2;--good:#11683a;--good-ground:#e2f4e9;--bad:#a3200f;--bad-ground:#fdebe7;--rest:#8a93a3;\
    --default:#343b47;--s0:#393ec1;--s1:#a3950d;--s2:#008268;--s3:#ac61e7;--s4:#515c00;--s5:#871f84}
    @media (prefers-color-scheme:dark){:root{--ground:#10141b;--card:#1a202a;--text:#e6e9ef;--quiet:#a3adbd;\
    --line:#2c3441;--link:#8ab8ff;--good:#7fdba6;--good-ground:#143222;--bad:#ffab9c;--bad-ground:#43201a;\
    --rest:#717c8c;--default:#dfe4ec;--s0:#69befe;--s1:#f1d059;--s2:#4fa82f;--s3:#b75dde;--s4:#756d00;--s5:#dda2a9}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:66rem;padding:1.25rem;background:var(--ground);color:var(--text);\
    font:1rem/1.5 system-ui,"Noto Sans",sans-serif;overflow-wrap:anywhere}
    a{color:var(--link)}
    a:focus-visible,[tabindex]:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
    h1,h2,h3,p,dl,dd,ul,figure{margin:0}h2{font-size:1.1rem;line-height:1.3;margin-bottom:.5rem}h3{font-size:1rem}
    .bar{display:flex;justify-content:space-between;gap:1rem;align-items:baseline}
    nav{display:flex;gap:.3rem 1.25rem;flex-wrap:wrap}.periods{margin-top:1rem}.brand{font-weight:700;white-space:nowrap}
    .state{display:flex;gap:.8rem;align-items:center;font-size:2rem;line-height:1.2;margin:1.1rem 0 .4rem}
    .state span{flex:none;width:2.6rem;height:2.6rem;border-radius:50%;display:grid;place-items:center;font-size:1.5rem}
    .state.good span{color:var(--good);background:var(--good-ground)}
    .state.bad span{color:var(--bad);background:var(--bad-ground)}.state.new span{background:var(--line)}
    .quiet{color:var(--quiet);font-size:.9rem}
    section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.1rem 1.25rem;margin-top:1rem}
    .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem;margin-top:1rem;align-items:start}
    .pair section{margin:0}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:1rem 1.25rem}
    dt{color:var(--quiet);font-size:.9rem}.figure{font-size:1.45rem;font-weight:650;line-height:1.35;margin-right:.2rem}
    .counts div{display:flex;justify-content:space-between;gap:1rem;align-items:center;padding:.5rem 0;\
    border-top:1px solid var(--line)}
    .counts div:first-child{border:0;padding-top:0}.counts dd{flex:none}.counts dt{color:inherit;font-size:1rem}.counts dt span{display:block}
    .mark{display:inline-block;padding:0 .55rem;border-radius:1rem;font-size:.85rem;line-height:1.6;font-weight:600;\
    background:var(--line);white-space:nowrap}
    .mark.good{color:var(--good);background:var(--good-ground)}.mark.bad{color:var(--bad);background:var(--bad-ground)}
    .alerts,.legend,.commands{list-style:none;padding:0}
    .alerts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:.9rem 1.25rem}
    .alerts li{border-left:.25rem solid var(--good);padding-left:.8rem}.alerts p{font-size:.95rem}
    .alerts .head{display:flex;flex-wrap:wrap;gap:.1rem .5rem;align-items:baseline}.alerts .mark{margin-left:auto}
    .alerts li.bad{border-color:var(--bad);background:var(--bad-ground);border-radius:0 .5rem .5rem 0;padding:.7rem .9rem;\
    grid-column:1/-1}
    .alerts li.bad .mark{background:var(--card)}.advice{margin-top:.5rem;font-weight:550}
    code{font:.85em/1.5 ui-monospace,"Noto Sans Mono",monospace;color:var(--quiet)}.bad code{color:inherit}
    .commands span{white-space:nowrap}.commands code{display:block;padding:.4rem .6rem;margin-top:.4rem;border-radius:.4rem;background:var(--ground);\
    color:var(--text)}
    .legend{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;margin:.5rem 0 .9rem;font-size:.9rem}
    .legend li{display:flex;align-items:baseline;gap:.4rem}.legend b{font-weight:500;color:var(--quiet)}
    input,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--quiet);border-radius:.4rem;\
    padding:.25rem .6rem;max-width:100%}button{cursor:pointer}form{margin:.4rem 0}
    .swatch{width:.75rem;height:.75rem;flex:none;margin-top:.4em;border-radius:.15rem;align-self:flex-start}
    .name{display:inline-flex;gap:.5rem}
    .plot{display:flex;gap:.5rem;height:11.5rem;padding-top:.5rem}.plot svg{flex:1;min-width:0;height:100%}
    .scale{display:flex;flex-direction:column;justify-content:space-between;text-align:right;min-width:2.6rem;\
    font-variant-numeric:tabular-nums}
    .scale span{height:0;line-height:0}.scale,.ticks{color:var(--quiet);font-size:.8rem;white-space:nowrap}
    .ticks{display:grid;grid-auto-flow:column;grid-auto-columns:1fr;margin:.35rem 0 0 3.1rem}
    .grid{stroke:var(--line);vector-effect:non-scaling-stroke;fill:none}
    rect{fill:transparent}rect:hover{fill:var(--text);fill-opacity:.1}
    .s0{fill:var(--s0)}.s1{fill:var(--s1)}.s2{fill:var(--s2)}.s3{fill:var(--s3)}.s4{fill:var(--s4)}.s5{fill:var(--s5)}\
    .rest{fill:var(--rest)}.default{fill:var(--default)}
    details{margin-top:.6rem}summary{cursor:pointer;color:var(--link);font-size:.9rem;width:max-content;max-width:100%}
    .scroll{overflow-x:auto;margin:.3rem 0}table{border-collapse:collapse;width:100%;font-size:.92rem;overflow-wrap:normal}
    caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    th,td{text-align:left;padding:.4rem 1rem .4rem 0;border-top:1px solid var(--line);vertical-align:top}
    thead th{border-top:0;color:var(--quiet);font-weight:500}tbody th{font-weight:500}tfoot th,tfoot td{font-weight:650}
    .note td{border-top:0;padding:0 0 .6rem;color:var(--bad);overflow-wrap:anywhere}
    .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    td:last-child,th:last-child{padding-right:0}.whole{white-space:nowrap}td.long,tbody th.long{overflow-wrap:anywhere}
    progress{width:100%;height:.8rem;accent-color:var(--s0);margin-top:.4rem}
    footer{margin:1.25rem 0}
    @media (max-width:34rem){body{padding:.75rem}section{padding:.9rem .8rem}.state{font-size:1.6rem;margin-top:.8rem}\
    .aside{display:none}th,td{padding-right:.5rem}td .mark{padding:0 .25rem;font-size:.75rem}.cards{grid-template-columns:1fr 1fr}.plot{height:10rem}\
    .alerts .mark{margin:.1rem 0 .2rem}.head code{display:none}h2{font-size:1rem}table{font-size:.82rem}
    .stacked thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    .stacked tr{display:grid;grid-template-columns:1fr 1fr;gap:.15rem .6rem;padding:.5rem 0;border-top:1px solid var(--line)}
    .stacked th,.stacked td,.stacked .aside{display:block;min-width:0;border:0;padding:0;text-align:left;white-space:normal;\
    overflow-wrap:anywhere}.stacked th,.stacked .note td{grid-column:1/-1}
    .stacked td::before{content:attr(data-heading);display:block;color:var(--quiet);font-size:.75rem}
    .stacked th.number::before{content:attr(data-heading) " "}
    .stacked td:empty,.stacked .note td::before{display:none}.stacked .note{border:0;padding-top:0}}
    """
}
