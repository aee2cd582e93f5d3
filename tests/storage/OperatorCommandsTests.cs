using System.IO.Compression;
using System.Text;

namespace OrleansChat.Storage.Tests;

/// <summary>Blocks, exports, the retention and the epoch, as the admin program is run.</summary>
public sealed class OperatorCommandsTests(AccountCommandsTests.World world) : IClassFixture<AccountCommandsTests.World>, IDisposable
{
    private readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"orleanschat-{Guid.NewGuid():N}.zip");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Blocks_are_set_and_named_a_line_each()
    {
        foreach (var name in new[] { _name, $"{_name}.a", $"{_name}.b" }) await world.Accounts.AddAsync(name, "N", "surabaya");

        Assert.Equal((0, ""), await RunAsync("blocks", _name));
        Assert.Equal(
            (0, $"{_name} has blocked {_name}.b: messages that {_name}.b sends to {_name} are refused."),
            await RunAsync("block", _name, $"{_name}.b"));
        Assert.Equal(0, (await RunAsync("block", _name, $"{_name}.a")).Code);
        Assert.Equal((0, $"{_name}.a{Environment.NewLine}{_name}.b"), await RunAsync("blocks", _name));
        Assert.Equal((0, $"{_name} has not blocked {_name}.b any more."), await RunAsync("unblock", _name, $"{_name}.b"));
        Assert.Equal((0, $"{_name}.a"), await RunAsync("blocks", _name));
        Assert.Equal((1, $"orleanschat-admin: There is no user {_name}.c."), await RunAsync("block", _name, $"{_name}.c"));
        Assert.Equal((1, $"orleanschat-admin: There is no user {_name}.c."), await RunAsync("blocks", $"{_name}.c"));
    }

    [Fact]
    public async Task An_export_is_a_new_file_for_its_owner_alone()
    {
        await world.Accounts.AddAsync(_name, "N", "surabaya");

        Assert.Equal((0, $"Exported {_name} into {_file}."), await RunAsync("export", _name, "--out", _file));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_file));
        using (var zip = ZipFile.OpenRead(_file)) Assert.NotNull(zip.GetEntry("profile.jsonl"));
        var before = await File.ReadAllBytesAsync(_file);
        Assert.Equal(
            (1, $"orleanschat-admin: {_file} exists already: choose another file."), await RunAsync("export", _name, "--out", _file));
        Assert.Equal(before, await File.ReadAllBytesAsync(_file));
        Assert.Equal(2, (await RunAsync("export", _name)).Code);
        File.Delete(_file);
        Assert.Equal((1, "orleanschat-admin: There is no user nobody."), await RunAsync("export", "nobody", "--out", _file));
        Assert.False(File.Exists(_file));
        var (code, output) = await RunAsync("export", _name, "--out", "/nowhere/file");
        Assert.Equal(1, code);
        Assert.StartsWith("orleanschat-admin: /nowhere/file cannot be written: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_retention_is_shown_and_set()
    {
        const string Year = "Messages stay for 365d, and until they were received.";
        Assert.Equal((0, Year), await RunAsync("retention"));
        Assert.Equal((0, "Messages stay for ever."), await RunAsync("retention", "forever"));
        // Nobody is at a terminal to be asked.
        var (code, output) = await RunAsync("retention", "365d");
        Assert.Equal(0, code);
        Assert.Matches(
            "^From forever to 365d: at least 0 received messages are deleted after 24 hours\\.\n"
            + "Messages stay for ever\\.\n"
            + "From 20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} UTC on: "
            + "Messages stay for 365d, and until they were received\\.$",
            output);
        Assert.Equal(0, (await RunAsync("retention", "365d", "--now")).Code);
        Assert.Equal((0, Year), await RunAsync("retention"));
        (_, output) = await RunAsync("retention", "0", "--now");
        Assert.EndsWith("\nMessages go when they were received, but not before 12 minutes.", output, StringComparison.Ordinal);
        Assert.Equal((0, "Messages stay for 36h, and until they were received."), await RunAsync("retention", "36h", "--yes"));
        Assert.Equal((0, Year), await RunAsync("retention", "365d"));
    }

    [Fact]
    public async Task How_long_receipts_stay_is_shown_and_set()
    {
        Assert.Equal((0, "Receipts of sendonce stay for ever."), await RunAsync("receipts"));
        var thirty = (0, "Receipts of sendonce stay for 30d; a message that is repeated later is stored again.");
        Assert.Equal(thirty, await RunAsync("receipts", "30d"));
        Assert.Equal(thirty, await RunAsync("receipts"));
        Assert.Equal((0, "Receipts of sendonce stay for ever."), await RunAsync("receipts", "forever"));
    }

    [Theory]
    [InlineData("retention", "30")]
    [InlineData("retention", "30m")]
    [InlineData("retention", "d")]
    [InlineData("retention", "1.5d")]
    [InlineData("retention", "36501d")]
    [InlineData("retention", "99999999999d")]
    [InlineData("retention", "2000000000d")]
    [InlineData("retention", "")]
    [InlineData("retention", "ever")]
    [InlineData("receipts", "0")]
    [InlineData("receipts", "0h")]
    public async Task A_time_of_another_form_is_refused_with_the_form(string command, string time)
    {
        var (code, output) = await RunAsync(command, time);
        Assert.Equal(2, code);
        Assert.Contains($"'{time}' is not a valid time: give days or hours, such as 365d or 12h, from ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_epoch_is_another_one()
    {
        var first = await RunAsync("new-epoch");
        var second = await RunAsync("new-epoch");
        Assert.Matches("^The epoch is now [0-9a-f]{16}: ", first.Output);
        Assert.NotEqual(first, second);
    }

    private Task<(int Code, string Output)> RunAsync(params string[] arguments) =>
        AdminProgram.RunAsync(world.Environment, Encoding.UTF8.GetBytes(""), arguments);
}
