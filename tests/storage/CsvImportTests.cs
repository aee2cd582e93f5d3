using System.Text;
using OrleansChat.Storage.Accounts;

namespace OrleansChat.Storage.Tests;

/// <summary>Files of users, good ones and others.</summary>
public sealed class CsvImportTests(AccountCommandsTests.World world) : IClassFixture<AccountCommandsTests.World>, IDisposable
{
    private readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"orleanschat-{Guid.NewGuid():N}.csv");

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("user,name,password\n%a,\"Perez, Jose\",geheim123\n%b,\"Pe \"\"x\"\"\",geheim123\n")]
    [InlineData("\ufeffUser, Name ,PASSWORD\r\n\r\n%a,\"Perez, Jose\",geheim123\r\n%b,\"Pe \"\"x\"\"\",geheim123")]
    [InlineData("password,name,user\ngeheim123,\"Perez, Jose\",%a\ngeheim123,\"Pe \"\"x\"\"\",%b\n")]
    public async Task A_file_of_users_is_added(string csv)
    {
        Assert.Equal((0, "2 added, 0 refused"), await ImportAsync(csv));
        Assert.Equal(
            ["Perez, Jose", "Pe \"x\""],
            [(await world.StateAsync($"{_name}.a"))!.DisplayName, (await world.StateAsync($"{_name}.b"))!.DisplayName]);
        Assert.True(new Passwords().Verify((await world.StateAsync($"{_name}.a"))!.PasswordHash, "geheim123").IsRight);
    }

    [Theory]
    // One column more than the header's; one less.
    [InlineData("user,name,password\n%c,Old,geheim123\n%a,Perez,Jose,geheim123\n", "line 3 (user %a): 4 columns instead of 3")]
    [InlineData("user,name,password\n%c,Old,geheim123\n%a,geheim123\n", "line 3 (user %a): 2 columns instead of 3")]
    [InlineData("user,name,password\n%c,Old,geheim123\nGEHEIM123\n", "line 3: 1 columns instead of 3")]
    // A user who is named twice.
    [InlineData("user,name,password\n%a,One,geheim123\n%c,Old,geheim123\n%a,Two,geheim456\n",
        "lines 2 and 4: the user %a is named more than once")]
    // Two files, one behind the other; blank lines count.
    [InlineData("user,name,password\n\n%c,Old,geheim123\n\nuser,Name,password\n%a,Perez,geheim123\n",
        "line 5: the columns are named again")]
    // A header that is none, or that says something else.
    [InlineData("%a,Perez,geheim123\n%c,Old,geheim123\n", "the first line must name the columns: user,name,password")]
    [InlineData("user;name;password\n%a;Perez;geheim123\n", "the first line must name the columns: user,name,password")]
    [InlineData("user,name,password,password\n%a,Perez,geheim123,geheim456\n", "the first line must name the columns: user,name,password")]
    [InlineData("user,name\n%a,Perez\n", "the first line must name the columns: user,name,password")]
    [InlineData("", "the first line must name the columns: user,name,password")]
    // Quotes that are not closed, or stand within a field.
    [InlineData("user,name,password\n%c,\"Old,geheim123\n%a,Perez,geheim123\n", "not a row of a CSV file")]
    [InlineData("user,name,password\n%c,Old,geheim123\n%a,Pe\"re\"z,geheim123\n", "line 3: not a row of a CSV file")]
    public async Task A_file_of_another_form_is_refused_before_anybody_is_added(string csv, string reason)
    {
        var (code, output) = await ImportAsync(csv);

        Assert.Equal(1, code);
        Assert.Contains(Named(reason), output, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", output, StringComparison.OrdinalIgnoreCase);
        Assert.Null(await world.StateAsync($"{_name}.a"));
        Assert.Null(await world.StateAsync($"{_name}.c"));
    }

    [Fact]
    public async Task Every_fault_of_a_file_is_named()
    {
        var (_, output) = await ImportAsync("user,name,password\n%a,x\n%b,B,geheim123\n%b,B,geheim123\n%c,x\n");
        Assert.All(
            [$"line 2 (user {_name}.a)", $"lines 3 and 4: the user {_name}.b", $"line 5 (user {_name}.c)"],
            fault => Assert.Contains(fault, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new byte[] { 0xE4 })]
    [InlineData(new byte[] { 0xC3 })]
    public async Task A_file_that_is_not_UTF_8_is_refused_with_its_line(byte[] letter)
    {
        await File.WriteAllBytesAsync(
            _file, [.. "user,name,password\n"u8, .. Encoding.UTF8.GetBytes($"{_name}.a,M,p"), .. letter, .. "ssword1\n"u8]);
        var (code, output) = await AdminProgram.RunAsync(world.Environment, "import", _file);
        Assert.Equal((1, $"orleanschat-admin: {Path.GetFileName(_file)}: line 2 is not UTF-8."), (code, output));
        Assert.Null(await world.StateAsync($"{_name}.a"));
    }

    [Fact]
    public async Task Who_cannot_be_added_is_named_with_the_line_in_the_order_of_the_file()
    {
        var (code, output) = await ImportAsync("user,name,password\n%a,A,short\n%b,B,geheim123\n%c,\u200b,geheim123\n");

        Assert.Equal(1, code);
        var lines = output.Split(Environment.NewLine);
        Assert.Equal($"line 2: The password of {_name}.a is shorter than 8 characters.", lines.First(IsRefusal));
        Assert.StartsWith("line 4: The display name", lines.Last(IsRefusal), StringComparison.Ordinal);
        Assert.Contains("1 added, 2 refused", lines);
        Assert.NotNull(await world.StateAsync($"{_name}.b"));
    }

    [Fact]
    public async Task A_name_that_a_new_user_cannot_have_is_refused_with_the_rule()
    {
        var (code, output) = await ImportAsync("user,name,password\nremoved-7,A,geheim123\n..,B,geheim123\n%c,C,geheim123\n");

        Assert.Equal(1, code);
        const string Rule = "use 1 to 32 of a-z 0-9 . _ - that begin with a letter or digit, and not with 'removed-'";
        Assert.Contains($"line 2: 'removed-7' is not a valid name for a new user: {Rule}", output, StringComparison.Ordinal);
        Assert.Contains($"line 3: '..' is not a valid name for a new user: {Rule}", output, StringComparison.Ordinal);
        Assert.Contains("1 added, 2 refused", output, StringComparison.Ordinal);
    }

    private static bool IsRefusal(string line) => line.StartsWith("line", StringComparison.Ordinal);

    private async Task<(int Code, string Output)> ImportAsync(string csv)
    {
        await File.WriteAllTextAsync(_file, Named(csv), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return await AdminProgram.RunAsync(world.Environment, "import", _file);
    }

    // %a, %b and %c stand for user names that no other test has.
    private string Named(string text) => text.Replace("%", $"{_name}.", StringComparison.Ordinal);
}
