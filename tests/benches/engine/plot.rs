//! A plot as SVG, readable on light and on dark pages: how something grows with the size of a directory.

use std::fmt::Write as _;

use crate::figures::{Step, grouped};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 46.0;

/// One line of a plot.
pub struct Line {
    pub name: &'static str,
    pub of: fn(&Step) -> f64,
}

/// Draws lines over the number of mailboxes, which grows by factors; the other axis begins at zero. `unit` stands above it.
pub fn draw(title: &str, unit: &str, steps: &[Step], lines: &[Line]) -> String {
    let most = steps.iter().flat_map(|step| lines.iter().map(|line| (line.of)(step))).fold(0.0, f64::max);
    let top = round_up(most);
    let x = |mailboxes: u32| {
        let of = |number: u32| f64::from(number).log10();
        let (first, last) = (steps.first().map_or(0.0, |s| of(s.mailboxes)), steps.last().map_or(1.0, |s| of(s.mailboxes)));
        LEFT + (of(mailboxes) - first) / (last - first).max(f64::EPSILON) * (WIDTH - LEFT - RIGHT)
    };
    let y = |value: f64| HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);

    let mut svg = String::new();
    // Writing to a text can't fail.
    let _ = write!(svg, "{}", head(title));
    let _ = writeln!(svg, r#"<text class="title" x="{LEFT}" y="18">{title}</text>"#);
    for part in 0..=4 {
        let value = top * f64::from(part) / 4.0;
        let (at, from, to) = (y(value), LEFT, WIDTH - RIGHT);
        let _ = writeln!(svg, r#"<line class="grid" x1="{from:.1}" y1="{at:.1}" x2="{to:.1}" y2="{at:.1}"/>"#);
        let unit = if part == 4 { format!(" {unit}") } else { String::new() };
        let _ = writeln!(
            svg,
            r#"<text class="scale" x="{:.1}" y="{:.1}" text-anchor="end">{}{unit}</text>"#,
            LEFT - 8.0,
            at + 4.0,
            short(value)
        );
    }
    let mut last = f64::NEG_INFINITY;
    for step in steps {
        let at = x(step.mailboxes);
        // Numbers that would run into each other are left out; their points are still there.
        if at - last > 52.0 {
            let _ = writeln!(
                svg,
                r#"<text class="scale" x="{at:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
                HEIGHT - BOTTOM + 18.0,
                grouped(step.mailboxes)
            );
            last = at;
        }
    }
    let middle = f64::midpoint(LEFT, WIDTH - RIGHT);
    let _ = writeln!(svg, r#"<text class="scale" x="{middle:.1}" y="{:.1}" text-anchor="middle">mailboxes</text>"#, HEIGHT - 8.0);
    for (at, line) in lines.iter().enumerate() {
        let points: Vec<(f64, f64)> = steps.iter().map(|step| (x(step.mailboxes), y((line.of)(step)))).collect();
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(svg, r#"<polyline class="line l{at}" points="{}"/>"#, path.join(" "));
        for (x, y) in &points {
            let _ = writeln!(svg, r#"<circle class="dot d{at}" cx="{x:.1}" cy="{y:.1}" r="3"/>"#);
        }
        if let Some((x, y)) = points.last() {
            let _ = writeln!(svg, r#"<text class="name" x="{:.1}" y="{:.1}">{}</text>"#, x + 10.0, y + 4.0, line.name);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn head(title: &str) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{title}">
<style>
text {{ font: 12px system-ui, sans-serif; fill: #242424; }}
.title {{ font-weight: 600; font-size: 13px; }}
.scale {{ fill: #616161; }}
.grid {{ stroke: #d1d1d1; }}
.line {{ fill: none; stroke-width: 2; }}
.l0 {{ stroke: #0f6cbd; }} .d0 {{ fill: #0f6cbd; }}
.l1 {{ stroke: #b4480f; stroke-dasharray: 6 4; }} .d1 {{ fill: #b4480f; }}
@media (prefers-color-scheme: dark) {{
  text {{ fill: #e8e8e8; }}
  .scale {{ fill: #adadad; }}
  .grid {{ stroke: #4a4a4a; }}
  .l0 {{ stroke: #62abf5; }} .d0 {{ fill: #62abf5; }}
  .l1 {{ stroke: #f7a072; }} .d1 {{ fill: #f7a072; }}
}}
</style>
"#
    )
}

/// The next number of the form 1, 2, 4 or 8 times a power of ten, which four equal parts divide well.
fn round_up(value: f64) -> f64 {
    let power = 10.0_f64.powf(value.max(1e-9).log10().floor());
    [1.0, 2.0, 4.0, 8.0, 10.0].into_iter().map(|step| step * power).find(|round| *round >= value).unwrap_or(value)
}

fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
