namespace OrleansChat.Deployment.Tests.Scripts;

/// <summary>What ./test runs, and what it says at the end.</summary>
public sealed class TestCommandTests : IDisposable
{
    private readonly ScriptCheckout _checkout = new();

    public TestCommandTests()
    {
        _checkout.Write("OrleansChat.sln", "\"tests/client/Chat.Client.Tests.csproj\"");
        foreach (var suite in new[] { "client", "end-to-end", "protocol" }) Has(suite, passed: 3);
        _checkout.WriteProgram("verify", """
            echo "verify $*" >>"$CHECKOUT/calls"
            kind=clean
            [[ " $* " != *' --break '* ]] || kind=broken
            cat "$CHECKOUT/$kind-says"
            exit "$(cat "$CHECKOUT/$kind-status")"
            """);
        _checkout.WriteProgram("bench", "echo '2 silos and a gateway'");
        Verifies("clean", "acknowledged sends 7\nkills 3\nviolations none\n", 0);
        Verifies("broken", "violations none\n", 0);
        _checkout.Replace("dotnet", """
            printf '%s\n' "$*" | sed "s#$CHECKOUT/##g" >>"$CHECKOUT/calls"
            case $1 in
                build) mkdir -p "$CHECKOUT/artifacts/bin" ;;
                test)
                    suite=$(basename "$2" .Tests.dll) && cd "$CHECKOUT/tests/${suite#Chat.}"
                    # The shell that counts the suite's tests.
                    [ ! -e cut-off ] || kill -KILL $PPID
                    cat says
                    exit "$(cat status)" ;;
            esac
            """);
        // No suite here needs a server.
        _checkout.Environment["ORLEANSCHAT_TEST_DATABASE"] = "Host=nowhere";
    }

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public async Task The_last_line_counts_all_suites_and_a_table_says_where_the_time_went()
    {
        Has("protocol", passed: 5, skipped: 2);
        var ended = await _checkout.RunAsync("./test");
        Assert.Equal(0, ended.Status);
        // And one for ./verify.
        Assert.Equal("12 passed, 0 failed, 2 skipped", ended.Output.TrimEnd().Split('\n')[^1]);
        foreach (var row in new[] { "build", "client", "end-to-end", "protocol", "verify", "all of ./test, usual" })
            Assert.Matches($@"(?m)^{row} +\d+", ended.Errors);
        Assert.Contains("verify --no-build --minutes 0.2 --seed 1\n", _checkout.Read("calls"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Failed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3", 1, "9 passed, 1 failed")]
    [InlineData("Passed!  - Failed:     0, Passed:     3, Skipped:     0, Total:     3", 134, "10 passed, 1 failed")]
    [InlineData("The test host has crashed.", 1, "7 passed, 1 failed")]
    [InlineData("No test is available.", 0, "7 passed, 1 failed")]
    public async Task A_suite_that_fails_breaks_or_runs_no_test_is_a_failure(string says, int status, string last)
    {
        _checkout.Write("tests/protocol/says", says + "\n");
        _checkout.Write("tests/protocol/status", $"{status}");
        var ended = await _checkout.RunAsync("./test");
        Assert.Equal((1, last), (ended.Status, ended.Output.TrimEnd().Split('\n')[^1]));
    }

    [Fact]
    public async Task A_suite_that_is_cut_off_is_a_failure()
    {
        _checkout.Write("tests/end-to-end/cut-off", "");
        var ended = await _checkout.RunAsync("./test");
        Assert.Contains("end-to-end did not finish.", ended.Errors, StringComparison.Ordinal);
        Assert.Equal((1, "7 passed, 1 failed"), (ended.Status, ended.Output.TrimEnd().Split('\n')[^1]));
    }

    [Fact]
    public async Task A_check_that_finds_a_violation_is_a_failure()
    {
        Verifies("clean", "acknowledged sends 7\n", 1);
        var ended = await _checkout.RunAsync("./test");
        Assert.Equal((1, "9 passed, 1 failed"), (ended.Status, ended.Output.TrimEnd().Split('\n')[^1]));
    }

    [Fact]
    public async Task One_suite_is_built_and_run_alone()
    {
        var ended = await _checkout.RunAsync("./test protocol");
        Assert.Equal((0, "3 passed, 0 failed"), (ended.Status, ended.Output.TrimEnd().Split('\n')[^1]));
        Assert.Equal(
            """
            build tests/protocol -c Release -v q --nologo
            test artifacts/bin/Chat.protocol.Tests/release/Chat.protocol.Tests.dll --nologo --filter Tier!=All

            """, _checkout.Read("calls"));
    }

    [Theory]
    [InlineData("--quick protocol", " --filter Tier!=Usual&Tier!=All")]
    [InlineData("--all protocol", "")]
    [InlineData("--all --filter Fuzz protocol", " --filter (Fuzz)")]
    [InlineData("--filter Fuzz protocol", " --filter Tier!=All&(Fuzz)")]
    public async Task A_tier_and_a_filter_choose_the_tests(string arguments, string filter)
    {
        await _checkout.RunAsync($"./test {arguments}");
        Assert.EndsWith($"Chat.protocol.Tests.dll --nologo{filter}\n", _checkout.Read("calls"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quick_builds_and_runs_neither_clusters_nor_processes_that_are_killed()
    {
        var ended = await _checkout.RunAsync("./test --quick");
        Assert.Equal((0, "6 passed, 0 failed"), (ended.Status, ended.Output.TrimEnd().Split('\n')[^1]));
        Assert.DoesNotContain("end-to-end", _checkout.Read("calls"), StringComparison.Ordinal);
        Assert.DoesNotContain("verify", _checkout.Read("calls"), StringComparison.Ordinal);
        Assert.Contains(
            "\"projects\": [\"tests/client/Chat.client.Tests.csproj\", \"tests/protocol/Chat.protocol.Tests.csproj\"]",
            _checkout.Read("artifacts/stamps/tests-client,tests-protocol,.slnf"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_that_fits_nothing_is_no_success()
    {
        _checkout.Write("tests/protocol/says", "No test matches the given testcase filter\n");
        var ended = await _checkout.RunAsync("./test --filter Nothing protocol");
        Assert.Equal((1, "0 passed, 0 failed"), (ended.Status, ended.Output.TrimEnd().Split('\n')[^1]));
    }

    /// <summary>Each planted fault is a test, and so are the two runs under faults, the simulation, and a run of the benchmark.</summary>
    [Theory]
    [InlineData("violations none", 0, 1, "13 passed, 13 failed")]
    [InlineData("VIOLATION of Something", 1, 1, "13 passed, 13 failed")]
    [InlineData("VIOLATION of Order", 1, 1, "14 passed, 12 failed")]
    [InlineData("VIOLATION of Order", 2, 1, "13 passed, 13 failed")]
    [InlineData(
        "VIOLATION of AcknowledgedIsDurable\nVIOLATION of ReceivedBeforeGone\n"
            + "VIOLATION of NoGhost\nVIOLATION of LoggedOutOpensNothing\nVIOLATION of OnceEach\nVIOLATION of SendsWithinLimit\n"
            + "VIOLATION of UnreadIsExact\nVIOLATION of PagesLoseNothing\nVIOLATION of ExpiredIsGone", 1,
        0, "26 passed, 0 failed")]
    public async Task All_has_every_planted_fault_found(string says, int status, int expected, string last)
    {
        Verifies("broken", says + "\n", status);
        var ended = await _checkout.RunAsync("./test --all");
        Assert.Equal((expected, last), (ended.Status, ended.Output.TrimEnd().Split('\n')[^1]));
        var planted = _checkout.Read("calls").Split('\n')
            .Where(call => call.Contains("--break", StringComparison.Ordinal)).Select(call => call.Split(' ')[3]);
        Assert.Equal(["AcknowledgeBeforeCommit", "DrainBeforeReceipt", "ForgetEpoch",
            "AcceptLoggedOutToken", "StoreRetryAgain", "SwapMessages",
            "TellDeadSession", "SpendLoanTwice", "UnreportedLease", "ForgetFingerprints",
            "CountOwnMessage", "SkipTies", "RememberTexts"], planted);
    }

    [Fact]
    public async Task A_run_under_faults_that_killed_nothing_is_a_failure()
    {
        Verifies("clean", "acknowledged sends 7\nkills 0\nviolations none\n", 0);
        var ended = await _checkout.RunAsync("./test --all");
        // The two runs under faults, and the thirteen that are planted, which the stand-in does not find.
        Assert.Equal((1, "11 passed, 15 failed"), (ended.Status, ended.Output.TrimEnd().Split('\n')[^1]));
    }

    [Theory]
    [InlineData("./test nothing")]
    [InlineData("./test --slow")]
    [InlineData("./test --filter")]
    public async Task What_it_does_not_know_is_refused(string command)
    {
        var ended = await _checkout.RunAsync(command);
        Assert.Equal((1, ""), (ended.Status, ended.Output));
        Assert.Contains("error: ", ended.Errors, StringComparison.Ordinal);
        Assert.Equal("", _checkout.Read("calls"));
    }

    /// <summary>How ./verify ends: <c>clean</c>, or <c>broken</c> where a fault is planted.</summary>
    private void Verifies(string kind, string says, int status)
    {
        _checkout.Write($"{kind}-says", says);
        _checkout.Write($"{kind}-status", $"{status}");
    }

    private void Has(string suite, int passed, int skipped = 0)
    {
        _checkout.Write($"tests/{suite}/Chat.{suite}.Tests.csproj", "<Project />");
        _checkout.Write($"tests/{suite}/says",
            $"Passed!  - Failed:     0, Passed: {passed,5}, Skipped: {skipped,5}, Total: {passed + skipped,5}, Duration: 7 s\n");
        _checkout.Write($"tests/{suite}/status", "0");
    }
}
