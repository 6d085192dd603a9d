"""Reports in every format that can be added, made anew for each test. The institution is invented."""

from __future__ import annotations

from pathlib import Path

HEADER = ["指标", "单位", "2022年", "2023年", "2024年"]
ROWS = [
    ["员工总数", "人", "1,203", "1,317", "1,425"],
    ["员工流失率", "%", "5.12", "4.80", "4.31"],
    ["温室气体排放总量", "吨二氧化碳当量", "3,210.50", "3,001.20", "/"],
]
TITLE = ["汾河银行股份有限公司", "2024年度环境、社会及管治报告"]
INTRO = "汾河银行股份有限公司（以下简称“汾河银行”）始终坚持绿色发展理念。"
PROSE = "截至2024年末，汾河银行绿色贷款余额达88.12亿元，汾河银行支持节能环保、清洁能源等领域项目建设。"


def make_pdf(path: Path, *, password: str | None = None, columns: bool = False) -> Path:
    """Two pages: title and prose, then a ruled table. columns: the prose in two columns."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Table, TableStyle

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=A4, encrypt=StandardEncryption(password) if password else None)
    canvas.setFont("STSong-Light", 18)
    for number, line in enumerate(TITLE):
        canvas.drawString(72, 780 - 30 * number, line)
    canvas.setFont("STSong-Light", 10)
    if columns:
        for number in range(12):
            canvas.drawString(72, 700 - 16 * number, f"左栏第{number}行介绍汾河银行的绿色金融业务与服务")
            canvas.drawString(320, 700 - 16 * number, f"右栏第{number}行介绍汾河银行的员工培训与社会责任")
    else:
        for number, line in enumerate([INTRO, PROSE[:30], PROSE[30:]]):
            canvas.drawString(72, 700 - 16 * number, line)
    canvas.showPage()
    canvas.setFont("STSong-Light", 14)
    canvas.drawString(72, 780, "关键绩效表")
    table = Table([HEADER, *ROWS])
    table.setStyle(
        TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONTNAME", (0, 0), (-1, -1), "STSong-Light")])
    )
    table.wrapOn(canvas, 450, 400)
    table.drawOn(canvas, 72, 640)
    canvas.setFont("STSong-Light", 10)
    canvas.drawString(72, 600, "注：以上数据不含子公司。")
    canvas.save()
    return path


def make_scan(path: Path, lines: list[str] | None = None) -> Path:
    """A page that is an image: white, or with lines printed in a CJK font of the system."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (1240, 1754), "white")
    if lines:
        font = ImageFont.truetype("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", 28)
        for number, line in enumerate(lines):
            ImageDraw.Draw(image).text((120, 120 + 60 * number), line, font=font, fill="black")
    image.save(path, "PDF", resolution=150)
    return path


def make_docx(path: Path) -> Path:
    """Title, prose, table, in Word's format."""
    import docx

    document = docx.Document()
    for line in [*TITLE, INTRO, PROSE, "关键绩效表"]:
        document.add_paragraph(line)
    table = document.add_table(rows=0, cols=len(HEADER))
    for row in [HEADER, *ROWS]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))
    return path


def make_html(path: Path) -> Path:
    """The same as a web page, with what is no part of the text."""
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in [HEADER, *ROWS])
    path.write_text(
        f"<html><head><title>x</title><style>p {{}}</style></head><body><nav>首页</nav><script>var a = 1;</script>"
        f"<h1>{TITLE[0]}</h1><h1>{TITLE[1]}</h1><p>{INTRO}</p><p>{PROSE}</p><h2>关键绩效表</h2><table>{rows}</table></body></html>",
        encoding="utf-8",
    )
    return path


def make_markdown(path: Path) -> Path:
    """The same in Markdown."""
    rows = "\n".join("| " + " | ".join(row) + " |" for row in [HEADER, ["---"] * 5, *ROWS])
    path.write_text(
        f"# {TITLE[0]}\n\n## {TITLE[1]}\n\n{INTRO}\n\n**{PROSE}**\n\n### 关键绩效表\n\n{rows}\n", encoding="utf-8"
    )
    return path


def make_text(path: Path, encoding: str = "utf-8") -> Path:
    """The same as plain text."""
    rows = "\n".join(" ".join(row) for row in [HEADER, *ROWS])
    path.write_bytes(f"{TITLE[0]}\n{TITLE[1]}\n{INTRO}\n{PROSE}\n关键绩效表\n{rows}\n".encode(encoding))
    return path
