using OrleansChat.Terminal.Lines;

namespace OrleansChat.Client.Tests;

/// <summary>Editing by keys, and what a screen shows meanwhile.</summary>
public sealed class LineEditorTests
{
    private readonly FakeKeyboard _keys = new();
    private readonly LineHistory _history = new();

    [Fact]
    public void A_line_is_edited_in_place()
    {
        _keys.Type("listser").Press(ConsoleKey.LeftArrow, ConsoleKey.LeftArrow, ConsoleKey.LeftArrow).Type("u")
            .Press(ConsoleKey.Home, ConsoleKey.Delete, ConsoleKey.End, ConsoleKey.Backspace, ConsoleKey.Enter);
        Assert.Equal("istuse", Read());
    }

    [Fact]
    public void Words_are_skipped_and_deleted()
    {
        _keys.Type("send messi halo dunia").Ctrl(ConsoleKey.W, ConsoleKey.LeftArrow).Type("<")
            .Ctrl(ConsoleKey.A).Alt(ConsoleKey.F).Type(">").Ctrl(ConsoleKey.E).Alt(ConsoleKey.B).Ctrl(ConsoleKey.K)
            .Press(ConsoleKey.Enter);
        Assert.Equal("send> messi ", Read());
    }

    [Fact]
    public void What_is_a_single_character_to_people_is_one_to_the_keys()
    {
        _keys.Type("a👨‍👩‍👧e\u0301").Press(ConsoleKey.LeftArrow, ConsoleKey.Backspace).Type("b").Press(ConsoleKey.Enter);
        Assert.Equal("abe\u0301", Read());
    }

    [Fact]
    public void Keys_at_the_ends_of_a_line_do_nothing()
    {
        _keys.Press(ConsoleKey.Backspace, ConsoleKey.Delete, ConsoleKey.LeftArrow,
            ConsoleKey.RightArrow, ConsoleKey.UpArrow, ConsoleKey.DownArrow)
            .Ctrl(ConsoleKey.W, ConsoleKey.U, ConsoleKey.K, ConsoleKey.LeftArrow, ConsoleKey.RightArrow)
            .Press(ConsoleKey.F5, ConsoleKey.Enter);
        Assert.Equal("", Read());
    }

    [Fact]
    public void Arrows_bring_back_lines_and_the_unfinished_one()
    {
        _history.Add("first");
        _history.Add("second");
        _history.Add("second");
        _keys.Type("unfin").Press(ConsoleKey.UpArrow, ConsoleKey.UpArrow).Type("!").Press(ConsoleKey.Enter);
        Assert.Equal("first!", Read());
        _keys.Type("unfin").Press(ConsoleKey.UpArrow, ConsoleKey.DownArrow, ConsoleKey.DownArrow).Type("ished").Press(ConsoleKey.Enter);
        Assert.Equal("unfinished", Read());
    }

    [Fact]
    public void Ctrl_D_ends_an_empty_line_and_deletes_in_another()
    {
        _keys.Type("ab").Press(ConsoleKey.Home).Ctrl(ConsoleKey.D).Press(ConsoleKey.Enter).Ctrl(ConsoleKey.D);
        Assert.Equal("b", Read());
        Assert.Null(Read());
    }

    [Fact]
    public void Ctrl_C_gives_the_line_up()
    {
        _keys.Type("send").Ctrl(ConsoleKey.C);
        var screen = new MiniScreen(40);
        Assert.Throws<OperationCanceledException>(() => Read(screen));
        Assert.Equal("Command :send^C", screen.Rows[0]);
    }

    [Fact]
    public void A_hidden_line_leaves_no_trace_on_the_screen()
    {
        _keys.Type("surabayx").Press(ConsoleKey.Backspace).Type("a").Press(ConsoleKey.Enter);
        var screen = new MiniScreen(40);
        Assert.Equal("surabaya", new LineEditor(_keys, new LineScreen(screen, () => 40)).ReadLine("Password:", _history, hidden: true));
        Assert.Equal(["Password:", ""], screen.Rows);
        Assert.Equal("", _history.Older(""));
    }

    [Fact]
    public void A_long_line_wraps_and_is_edited_on_every_row()
    {
        var screen = new MiniScreen(10);
        _keys.Type("0123456789ABCDEF漢字").Press(ConsoleKey.Home, ConsoleKey.RightArrow).Type("x").Press(ConsoleKey.Enter);
        Assert.Equal("0x123456789ABCDEF漢字", Read(screen));
        Assert.Equal(["Command :0", "x123456789", "ABCDEF漢字", ""], screen.Rows);
        Assert.Equal((3, 0), screen.Cursor);
    }

    [Fact]
    public void A_wide_character_that_does_not_fit_goes_to_the_next_row()
    {
        var screen = new MiniScreen(10);
        _keys.Type("漢字").Press(ConsoleKey.Backspace).Type("x").Press(ConsoleKey.LeftArrow).Type("y").Press(ConsoleKey.Enter);
        Assert.Equal("漢yx", Read(screen));
        Assert.Equal(["Command :", "漢yx", ""], screen.Rows);
    }

    [Fact]
    public void A_paste_is_drawn_once()
    {
        var screen = new MiniScreen(80);
        _keys.Paste(new string('x', 1_000)).Press(ConsoleKey.Enter);
        Assert.Equal(1_000, Read(screen)!.Length);
        Assert.InRange(screen.Draws, 1, 5);
    }

    private string? Read(MiniScreen? screen = null)
    {
        var width = screen is null ? 80 : screen.Width;
        return new LineEditor(_keys, new LineScreen(screen ?? new MiniScreen(80), () => width)).ReadLine("Command :", _history);
    }
}
