using System.Text;
using OrleansChat.Terminal.Input;
using OrleansChat.Terminal.Lines;

namespace OrleansChat.Client.Tests;

/// <summary>What comes of a keyboard's bytes, and of a paste.</summary>
public sealed class KeyboardTests : IDisposable
{
    private readonly FakeKeyboard _keys = new();
    private readonly LineHistory _history = new();
    private readonly MiniScreen _screen = new(80);

    public void Dispose() => _screen.Dispose();

    [Fact]
    public void Characters_are_made_of_their_bytes()
    {
        _keys.Bytes(Encoding.UTF8.GetBytes("h\u00e4lo 漢👨\ufffd")).Press(ConsoleKey.Enter);
        Assert.Equal("h\u00e4lo 漢👨\ufffd", Read(InputEncoding.Utf8));
    }

    [Fact]
    public void The_locales_encoding_is_the_keyboards()
    {
        _keys.Bytes([.. "p"u8, 0xE4, .. "ss"u8]).Press(ConsoleKey.Enter);
        Assert.Equal("p\u00e4ss", Read(InputEncoding.OfLocale(_ => "de_DE.ISO-8859-1")));
    }

    [Theory]
    [InlineData(new byte[] { 0xE4, (byte)'s' })]
    [InlineData(new byte[] { 0xE4 })]
    [InlineData(new byte[] { 0xE4, 0xF6, 0xFC })]
    [InlineData(new byte[] { 0xC3, 0xC3, 0xA4 })]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98 })]
    [InlineData(new byte[] { 0x80 })]
    public void Bytes_that_are_no_characters_are_refused_and_can_be_deleted(byte[] bytes)
    {
        _keys.Type("p").Bytes(bytes).Press(ConsoleKey.Enter);
        Assert.Equal("What was typed is not UTF-8.", Assert.Throws<NotTextException>(() => Read(InputEncoding.Utf8)).Message);

        _keys.Type("p").Bytes(bytes).Press([.. bytes.Select(_ => ConsoleKey.Backspace), ConsoleKey.Enter]);
        Assert.InRange(Read(InputEncoding.Utf8)!.Length, 0, 1);
    }

    [Fact]
    public void Keys_after_half_a_character_keep_their_meaning()
    {
        _keys.Type("ab").Bytes(0xC3).Press(ConsoleKey.LeftArrow, ConsoleKey.Delete).Type("c").Press(ConsoleKey.Enter);
        Assert.Equal("abc", Read(InputEncoding.Utf8));
    }

    [Theory]
    [InlineData("listuser\rlogout\r", "listuser logout")]
    [InlineData("one\r\ntwo\n\nthree\r\n", "one two  three")]
    [InlineData("tab\tand\u0003\u0007control \e[A", "tab andcontrol [A")]
    [InlineData("", "")]
    public void A_pasted_text_is_one_line_and_runs_nothing(string pasted, string line)
    {
        _keys.Type("send m ").MarkedPaste(pasted).Type("!").Press(ConsoleKey.Enter);
        Assert.Equal($"send m {line}!", Read());
        Assert.Equal([$"Command :send m {line}!", ""], _screen.Rows);
    }

    [Fact]
    public void A_terminal_is_asked_to_mark_pastes_while_a_line_is_read_and_no_longer()
    {
        var asked = new List<bool>();
        _keys.Type("x").Press(ConsoleKey.Enter);
        var keys = new WatchedKeys(_keys, () => asked.Add(_screen.TakesMarkedPastes));
        new LineEditor(keys, new LineScreen(_screen, () => 80)).ReadLine("Command :", _history);
        Assert.Equal([true, true], asked);
        Assert.False(_screen.TakesMarkedPastes);

        _keys.Ctrl(ConsoleKey.C);
        Assert.Throws<OperationCanceledException>(() => Read());
        Assert.False(_screen.TakesMarkedPastes);
    }

    [Fact]
    public void An_Escape_that_begins_no_paste_is_ignored_and_what_follows_is_not()
    {
        _keys.Type("\ea").Type("\e[2x").Type("\e\e[200~y\rz\e[201~").Press(ConsoleKey.Enter);
        Assert.Equal("a[2xy z", Read());
    }

    [Fact]
    public void A_password_that_is_pasted_with_its_line_end_waits_for_Enter()
    {
        _keys.MarkedPaste("surabaya\r").Press(ConsoleKey.Enter);
        Assert.Equal("surabaya", new LineEditor(_keys, new LineScreen(_screen, () => 80)).ReadLine("Password:", _history, hidden: true));
        Assert.Equal(["Password:", ""], _screen.Rows);
    }

    [Fact]
    public void A_terminal_that_obeys_no_sequences_gets_none()
    {
        var output = new StringWriter { NewLine = "\n" };
        var editor = new LineEditor(_keys, new PlainScreen(output));
        _keys.Type("surabaya").Press(ConsoleKey.Enter)
            .Type("lisx漢").Press(ConsoleKey.Backspace, ConsoleKey.Backspace).Ctrl(ConsoleKey.L).Type("t")
            .Press(ConsoleKey.Home).Type(">").Press(ConsoleKey.Enter);

        Assert.Equal("surabaya", editor.ReadLine("Password:", _history, hidden: true));
        Assert.Equal(">list", editor.ReadLine("Command :", _history));

        Assert.Equal("Password:\nCommand :lisx漢\b \b\b \b\b \bt\nCommand :>list\n", output.ToString());
    }

    private string? Read(Encoding? encoding = null) =>
        new LineEditor(encoding is null ? _keys : new DecodedKeys(_keys, encoding), new LineScreen(_screen, () => 80))
            .ReadLine("Command :", _history);

    private sealed class WatchedKeys(IKeys keys, Action beforeRead) : IKeys
    {
        public bool Available => keys.Available;

        public ConsoleKeyInfo Read()
        {
            beforeRead();
            return keys.Read();
        }
    }
}
