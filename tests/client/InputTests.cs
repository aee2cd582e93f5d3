using System.Text;
using OrleansChat.Terminal.Input;

namespace OrleansChat.Client.Tests;

/// <summary>Bytes of pipes, files and arguments: text, or an error that says where.</summary>
public sealed class InputTests
{
    private static readonly Encoding _latin = InputEncoding.OfLocale(name => name == "LANG" ? "de_DE.ISO-8859-1" : null);

    [Fact]
    public void Lines_end_with_any_line_end_and_the_last_with_none()
    {
        var input = Open("a\r\nb\nc\rd\r\r\n\ne"u8);
        Assert.Equal(["a", "b", "c", "d", "", "", "e", null], Enumerable.Range(0, 8).Select(_ => input.ReadLine()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("halo")]
    [InlineData("two\r\nlines \n\n")]
    public void Everything_that_is_left_is_read_as_it_is(string text) => Assert.Equal(text, Open(Encoding.UTF8.GetBytes(text)).ReadToEnd());

    [Fact]
    public void A_mark_at_the_start_is_skipped_and_says_the_encoding()
    {
        ReadOnlySpan<byte> marked = "\ufeffauth\n\ufeff\u00e4"u8;
        Assert.Equal("auth\n\ufeff\u00e4", Open(marked).ReadToEnd());
        Assert.Equal("auth\n\ufeff\u00e4", Open(marked, _latin).ReadToEnd());
        Assert.Equal("auth", Open(marked).ReadLine());
    }

    [Fact]
    public void A_line_that_is_not_text_is_named_and_the_next_one_is_read()
    {
        var input = Open([.. "a\np"u8, 0xE4, .. "ssword1\n\ufffd"u8]);
        Assert.Equal("a", input.ReadLine());
        Assert.Equal("Standard input: line 2 is not UTF-8.", Assert.Throws<NotTextException>(() => input.ReadLine()).Message);
        Assert.Equal("\ufffd", input.ReadLine());
        Assert.Equal("Standard input: line 2 is not UTF-8.", Assert.Throws<NotTextException>(() => Open([10, 0xC3]).ReadToEnd()).Message);
    }

    [Fact]
    public void The_locale_says_the_encoding()
    {
        Assert.Equal("p\u00e4ssword1", Open([.. "p"u8, 0xE4, .. "ssword1"u8], _latin).ReadLine());
        Assert.Equal("iso-8859-15", Of(("LANG", "de_DE.UTF-8"), ("LC_ALL", "de_DE.iso885915@euro")));
        Assert.Equal("windows-1252", Of(("LC_ALL", ""), ("LC_CTYPE", "de_DE.CP1252"), ("LANG", "C")));
        Assert.All(
            [("LANG", "C"), ("LANG", "id_ID.utf8"), ("LANG", "xx.unheard-of"), ("OTHER", "de_DE.CP1252")],
            set => Assert.Equal("utf-8", Of(set)));

        static string Of(params (string Name, string Value)[] set) =>
            InputEncoding.OfLocale(name => set.FirstOrDefault(variable => variable.Name == name).Value).WebName;
    }

    [Fact]
    public void Arguments_are_the_last_words_of_the_command_line()
    {
        byte[] commandLine = [.. "dotnet\0chat-client.dll\0send\0"u8, .. "\ufffd\0"u8, 0, .. "h\u00e4\0"u8];
        string[] decoded = ["send", "\ufffd", "", "h\u00e4"];

        Assert.Equal(decoded, Arguments.Decode(decoded, commandLine, InputEncoding.Utf8));
        Assert.Equal(["send", "\u00ef\u00bf\u00bd", "", "h\u00c3\u00a4"], Arguments.Decode(decoded, commandLine, _latin));
    }

    [Fact]
    public void An_argument_that_is_not_text_is_named()
    {
        string[] decoded = ["send", "h\ufffdlo"];

        var failure = Assert.Throws<NotTextException>(
            () => Arguments.Decode(decoded, [.. "chat\0send\0h"u8, 0xE4, .. "lo\0"u8], InputEncoding.Utf8));

        Assert.Equal("Argument 2 is not UTF-8.", failure.Message);
        // Where the bytes are not to be seen, it may be a real one, and is refused all the same.
        Assert.Throws<NotTextException>(() => Arguments.Decode(decoded, [], InputEncoding.Utf8));
        Assert.Equal(["send"], Arguments.Decode(["send"], [], InputEncoding.Utf8));
    }

    private static LineInput Open(ReadOnlySpan<byte> bytes, Encoding? encoding = null) =>
        new(new MemoryStream(bytes.ToArray()), encoding ?? InputEncoding.Utf8, "Standard input");
}
