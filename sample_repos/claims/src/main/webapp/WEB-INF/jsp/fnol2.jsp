<%@ page contentType="text/html; charset=UTF-8" import="com.harborline.claims.model.*, com.harborline.claims.legacy.HtmlBits" %>
<%@ include file="head.jsp" %>
<%
  FnolWizard wiz = (FnolWizard) session.getAttribute(IConstants.SES_WIZARD);
  java.util.List<Coverage> covs = wiz.getPolicy().getCoverages();
  String[][] opts = new String[covs.size()][];
  for (int i = 0; i < opts.length; i++) {
    opts[i] = new String[] { covs.get(i).getCovCode(), covs.get(i).getCovCode() };
  }
%>
<h1>New claim 2/4: loss</h1>
<%= HtmlBits.errors(wiz.getErrors()) %>
<form method="post" action="<%= ctx %>/fnol">
<table>
<tr><td>Policy</td><td><%= wiz.getPolicyNo() %></td></tr>
<tr><td>Date of loss</td><td><input name="lossDate" value="<%= Utils.fmtDate(wiz.getLossDate()) %>"></td></tr>
<tr><td>Type</td><td><%= HtmlBits.select("lossType", opts, wiz.getLossType()) %></td></tr>
<tr><td>Place</td><td><input name="lossPlace" value="<%= Utils.html(wiz.getLossPlace()) %>"></td></tr>
<tr><td>What happened</td><td><textarea name="description"><%= Utils.html(wiz.getDescription()) %></textarea></td></tr>
</table>
<button name="what" value="back">Back</button> <input type="submit" value="Next">
</form>
<%@ include file="foot.jsp" %>
